// The page: who is here, whose chats are open, and what happens live.
import { face, form, make, sign, toast } from "./dom.js";
import { Pane, welcome } from "./pane.js";
import { ask, follow } from "./server.js";
import { settings, words } from "./words.js";

const people = new Map();
const unread = new Map();
const latest = new Map();
const languages = [["zh-hans", "中文"], ["en", "English"]];
let panes = [];
let split = false;

function remember() {
  const ids = panes.map((pane) => pane.person.id).join(",");
  history.replaceState(null, "", `?${new URLSearchParams({ ...(ids ? { person: ids } : {}), ...settings.kept })}`);
}

async function show(id) {
  if (panes.some((pane) => pane.person.id === id)) return;
  const pane = new Pane(people.get(id));
  panes = split && panes.length ? [panes[0], pane] : [pane];
  unread.delete(id);
  drawPanes();
  await pane.load();
}

function drawPanes() {
  const shown = document.getElementById("panes");
  if (panes.length) shown.replaceChildren(...panes.map((pane) => pane.element));
  else shown.replaceChildren(welcome(addPerson));
  panes.forEach((pane) => pane.toEnd());
  drawPeople();
  remember();
}

function drawPeople() {
  const open = new Set(panes.map((pane) => pane.person.id));
  document.getElementById("people").replaceChildren(...[...people.values()].map((person) => {
    const count = unread.get(person.id);
    const badge = count ? make("span", { class: "unread", "aria-label": words.unread(count) }, String(count)) : null;
    const said = latest.get(person.id) ?? (languages.find(([code]) => code === person.language_code)?.[1] ?? person.language_code);
    return make("div", { role: "listitem" },
      make("button", { class: "person", type: "button", "aria-current": open.has(person.id) ? "true" : undefined,
        onclick: () => show(person.id) },
      face(person.name), make("span", { class: "person-words" }, make("b", {}, person.name), make("span", { class: "soft" }, said)), badge));
  }));
}

function addPerson(start) {
  const name = make("input", { name: "name", required: true, maxlength: "64", autocomplete: "off" });
  const language = make("select", { name: "language_code" }, ...languages.map(([code, label]) =>
    make("option", { value: code, selected: code.startsWith(settings.lang) }, label)));
  form(words.add, [make("label", {}, words.name, name), make("label", {}, words.language, language)], words.create,
    async (values) => {
      const person = await ask("people", Object.fromEntries(values));
      people.set(person.id, person);
      await show(person.id);
      if (typeof start === "string") await panes.at(-1).open(start);
    });
}

function drawTools() {
  const tool = (name, label, traits, kind = "") => make("button", { class: `tool ${kind}`, type: "button", ...traits },
    sign(name), make("span", { class: "label" }, label));
  const toggle = tool("split", words.split, { "aria-pressed": String(split), onclick: () => {
    split = !split;
    toggle.setAttribute("aria-pressed", String(split));
    if (!split) panes = panes.slice(0, 1);
    drawPanes();
    const other = [...people.keys()].find((id) => panes.every((pane) => pane.person.id !== id));
    if (split && other) show(other);
  } }, "wide-only");
  document.getElementById("tools").replaceChildren(
    tool("plus", words.add, { onclick: addPerson, title: words.add }, "main"), toggle,
    ...(settings.shop ? [make("a", { class: "tool", href: `/shop/?lang=${settings.lang}`, target: "_blank", rel: "noopener", title: words.shop },
      sign("bag"), make("span", { class: "label" }, words.shop))] : []));
}

function hear(news) {
  const { kind, person_id: id, body } = news;
  if (kind === "person") people.set(id, body);
  const pane = panes.find((open) => open.person.id === id);
  pane?.hear(news);
  if (kind === "message" || kind === "edited") {
    latest.set(id, body.text.split("\n")[0] || words.picture);
    if (!pane && body.from_bot && kind === "message") unread.set(id, (unread.get(id) ?? 0) + 1);
  }
  if (["person", "message", "edited"].includes(kind)) drawPeople();
}

async function refresh() {
  people.clear();
  for (const person of await ask("people")) people.set(person.id, person);
  // A restarted sandbox has forgotten the people of the one before.
  panes = panes.filter((pane) => people.has(pane.person.id));
  await Promise.all(panes.map((pane) => pane.load()));
  drawPanes();
}

async function begin() {
  const query = new URLSearchParams(location.search);
  settings.kept = query.has("lang") ? { lang: query.get("lang") } : {};
  const wanted = (query.get("person") ?? "").split(",").map(Number);
  const start = query.get("start");
  drawTools();
  await refresh();
  follow(hear, ({ lost, again }) => {
    if (lost) toast(words.offline);
    if (again) refresh();
  });
  const known = wanted.filter((id) => people.has(id));
  split = known.length > 1;
  if (split) drawTools();
  for (const id of known.length ? known.slice(0, 2) : [...people.keys()].slice(0, 1)) await show(id);
  if (start === null) return;
  if (panes.length) await panes[0].open(start);
  else addPerson(start);
}

begin();
