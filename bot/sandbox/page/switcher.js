// The people, with what each has not read; adding one; what is for the whole page.
import { book } from "./book.js";
import { aboutPerson } from "./chat-list.js";
import { desk } from "./desk.js";
import { form, plain } from "./dialogs.js";
import { count, face, make, named, press, round, sign, soft } from "./dom.js";
import { labelled, select } from "./fields.js";
import { panel } from "./panel.js";
import { ask } from "./server.js";
import { themeSwitch } from "./theme.js";
import { settings, words } from "./words.js";

export function drawPeople() {
  const open = new Set(desk.columns.map((column) => column.person.id));
  const list = document.getElementById("people");
  const focused = list.contains(document.activeElement) ? document.activeElement.dataset.id : null;
  list.replaceChildren(...[...book.people.values()].map((person) => make("div", { role: "listitem" }, button(person, open))));
  if (focused) list.querySelector(`[data-id="${focused}"]`)?.focus();
}

function button(person, open) {
  const unread = book.unread(person.id);
  const traits = { "data-id": person.id, "aria-current": open.has(person.id) ? "true" : undefined, title: person.name };
  return press("person", () => desk.open(person.id), traits, face(person.name, { seed: person.id }),
    make("span", { class: "person-words" }, named(person.name, { class: "title" }), soft(aboutPerson(person))),
    count(unread, words.unread(unread)));
}

export function addPerson(start) {
  const name = make("input", { name: "name", required: true, maxlength: "64", autocomplete: "off" });
  const pattern = "[A-Za-z][A-Za-z0-9_]{3,31}";
  const handle = make("input", { name: "username", maxlength: "32", pattern, autocomplete: "off" });
  const languages = ["zh-hans", "en"].map((code) => [code, words.languages[code], code.startsWith(settings.lang)]);
  const language = select(languages, { name: "language_code" });
  const fields = [labelled(words.name, name), labelled(words.handle, handle), labelled(words.language, language)];
  form(words.add, fields, words.create, async (values) => {
    const person = await ask("people", Object.fromEntries([...values].filter(([, value]) => value)));
    book.people.set(person.id, person);
    await book.load(person.id);
    await desk.open(person.id, "bot");
    if (typeof start === "string") await desk.column(person.id).openLink(start);
  });
}

export function drawTools() {
  const split = round("split", words.split, () => desk.setSplit(!desk.split), { class: "wide-only" });
  const tools = round("tools", words.panel, () => panel.toggle(), { "aria-expanded": "false", "aria-controls": "panel" });
  panel.addEventListener("change", () => tools.setAttribute("aria-expanded", String(panel.isOpen)));
  desk.addEventListener("change", () => split.setAttribute("aria-pressed", String(desk.split)));
  document.getElementById("tools").replaceChildren(round("plus", words.add, () => addPerson(), { class: "main" }),
    split, tools, themeSwitch(), ...(settings.shop ? [shopLink()] : []));
}

function shopLink() {
  const leads = { href: `/shop/?lang=${settings.lang}`, target: "_blank", rel: "noopener" };
  return make("a", { class: "round", ...leads, title: words.shop, "aria-label": words.shop }, sign("bag"));
}

export function welcome() {
  return make("div", { class: "notice welcome" }, make("p", {}, words.nobody), plain(words.add, () => addPerson(), "main"));
}
