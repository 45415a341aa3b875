// The page: read who is here, show what the address names, and follow what happens.
import { book } from "./book.js";
import { loadClock, onClock, setClock } from "./clock.js";
import { desk } from "./desk.js";
import { toast } from "./dialogs.js";
import { letters } from "./letters.js";
import { panel } from "./panel.js";
import { follow } from "./server.js";
import { addPerson, drawPeople, drawTools, welcome } from "./switcher.js";
import { settings, words } from "./words.js";

const FRAME = 16;
const empty = document.getElementById("welcome");

const changed = new Set();

function drawSoon(id) {
  // A bot that writes to many at once makes one drawing, not many.
  if (!changed.size) setTimeout(drawAll, FRAME);
  changed.add(id);
}

function drawAll() {
  const ids = new Set(changed);
  changed.clear();
  for (const column of desk.columns) if (ids.has(0) || ids.has(column.person.id)) column.list.draw();
  drawPeople();
  empty.hidden = book.people.size > 0;
  document.title = `${titleCount()}${words.page}`;
}

function titleCount() {
  const count = [...book.people.keys()].reduce((sum, id) => sum + book.unread(id), 0);
  return count ? `(${count}) ` : "";
}

function hear(news) {
  const id = news.person_id;
  if (news.kind === "clock") setClock(news.body);
  panel.hear(news);
  book.hear(news);
  for (const column of desk.columns) if (id === 0 || column.person.id === id) column.hear(news);
}

async function refresh() {
  await Promise.all([book.refresh(), loadClock().catch(() => {})]);
  // A restarted sandbox has forgotten the people of the one before.
  desk.columns = desk.columns.filter((column) => book.people.has(column.person.id));
  await Promise.all(desk.columns.map((column) => column.reload()));
  desk.draw();
}

async function begin() {
  const query = new URLSearchParams(location.search);
  settings.kept = query.has("lang") ? { lang: query.get("lang") } : {};
  const start = query.get("start");
  await letters();
  empty.replaceChildren(welcome());
  panel.build(desk);
  drawTools();
  book.addEventListener("change", ({ detail: id }) => drawSoon(id));
  desk.addEventListener("change", drawPeople);
  onClock(() => desk.columns.forEach((column) => { column.list.draw(); column.chat?.stream.draw(); }));
  await follow(hear, ({ lost, again }) => {
    if (lost) toast(words.offline);
    if (again) refresh();
  });
  await Promise.all([book.refresh(), loadClock().catch(() => {})]);
  const isPhone = matchMedia("(max-width: 760px)").matches;
  const wanted = desk.read();
  const [first] = book.people.keys();
  // On a phone the people come first; a larger window has room to show somebody at once.
  const shown = wanted.length || isPhone || first === undefined ? wanted : [{ id: first, key: "bot" }];
  await desk.apply(shown);
  desk.write("replaceState");
  if (start === null) return;
  const who = desk.columns[0] ?? (first === undefined ? null : await desk.open(first, "bot").then(() => desk.current));
  if (who) await who.openLink(start);
  else addPerson(start);
}

begin();
