// The people, with what each has not read; adding one; what is for the whole page.
import { book } from "./book.js";
import { desk } from "./desk.js";
import { form } from "./dialogs.js";
import { face, make, named, round, sign } from "./dom.js";
import { panel } from "./panel.js";
import { ask } from "./server.js";
import { themeSwitch } from "./theme.js";
import { settings, words } from "./words.js";

export function drawPeople() {
  const open = new Set(desk.columns.map((column) => column.person.id));
  const list = document.getElementById("people");
  const focused = list.contains(document.activeElement) ? document.activeElement.dataset.id : null;
  list.replaceChildren(...[...book.people.values()].map((person) => {
    const count = book.unread(person.id);
    const badge = count ? make("span", { class: "unread", "aria-label": words.unread(count) }, count > 99 ? "99+" : String(count)) : null;
    const about = person.username ? `@${person.username}` : words.languages[person.language_code] ?? person.language_code;
    return make("div", { role: "listitem" },
      make("button", { class: "person", type: "button", "data-id": person.id, "aria-current": open.has(person.id) ? "true" : undefined,
        title: person.name, onclick: () => desk.open(person.id) },
      face(person.name, { seed: person.id }),
      make("span", { class: "person-words" }, named(person.name, { class: "title" }), make("span", { class: "soft" }, about)), badge));
  }));
  if (focused) list.querySelector(`[data-id="${focused}"]`)?.focus();
}

export function addPerson(start) {
  const name = make("input", { name: "name", required: true, maxlength: "64", autocomplete: "off" });
  const language = make("select", { name: "language_code" }, ...["zh-hans", "en"].map((code) =>
    make("option", { value: code, selected: code.startsWith(settings.lang) }, words.languages[code])));
  const handle = make("input", { name: "username", maxlength: "32", pattern: "[A-Za-z][A-Za-z0-9_]{3,31}", autocomplete: "off" });
  form(words.add, [make("label", {}, words.name, name), make("label", {}, words.handle, handle), make("label", {}, words.language, language)], words.create,
    async (values) => {
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
  document.getElementById("tools").replaceChildren(
    round("plus", words.add, () => addPerson(), { class: "main" }), split, tools, themeSwitch(),
    ...(settings.shop ? [make("a", { class: "round", href: `/shop/?lang=${settings.lang}`, target: "_blank", rel: "noopener", title: words.shop, "aria-label": words.shop },
      sign("bag"))] : []));
}

export function welcome() {
  return make("div", { class: "notice welcome" }, make("p", {}, words.nobody),
    make("button", { class: "tool main", type: "button", onclick: () => addPerson() }, make("span", {}, words.add)));
}
