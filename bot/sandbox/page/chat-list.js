// A person's chats: newest first, with who wrote last, when, and what is unread.
import { book, isOwn, previewOf } from "./book.js";
import { listTimeOf } from "./clock.js";
import { count, face, make, named, press, round, soft } from "./dom.js";
import { newChat } from "./new-chat.js";
import { words } from "./words.js";

const SHOWN = 200;
// Who has more chats than that finds the others by their names.

export function searchField(oninput) {
  return make("input", { type: "search", class: "find", placeholder: words.find, "aria-label": words.find, oninput });
}

export function aboutPerson({ username, language_code: code }) {
  return username ? `@${username}` : words.languages[code] ?? code;
}

export class ChatList {
  constructor(column) {
    this.column = column;
    this.rows = make("ul", { class: "chat-rows" });
    this.find = searchField(() => this.draw());
    this.names = make("div", { class: "names" });
    this.element = make("div", { class: "chat-list" }, this.head(), make("div", { class: "find-row" }, this.find), this.rows);
    this.element.addEventListener("keydown", (event) => this.steer(event));
    this.draw();
  }

  head() {
    const { desk } = this.column;
    return make("header", { class: "bar" },
      round("back", words.people, () => desk.goHome(), { class: "phone-only" }),
      this.names,
      round("compose", words.newChat, () => newChat(this.column)),
      round("close", words.closeColumn(this.column.person.name), () => desk.close(this.column), { class: "not-alone" }));
  }

  draw() {
    const { person, key } = this.column;
    const sought = this.find.value.trim().toLowerCase();
    this.names.replaceChildren(named(person.name, { class: "title" }),
      soft(aboutPerson(person)));
    const entries = book.entries(person.id).filter((entry) => entry.title.toLowerCase().includes(sought));
    const focused = this.rows.contains(document.activeElement) ? document.activeElement.dataset.key : null;
    this.rows.replaceChildren(...entries.slice(0, SHOWN).map((entry) => make("li", {}, this.row(entry, person, entry.key === key))));
    if (!entries.length) this.rows.append(make("li", { class: "soft none" }, sought ? words.nothing : words.noChats));
    if (focused) this.rows.querySelector(`[data-key="${focused}"]`)?.focus();
  }

  row(entry, person, open) {
    const last = entry.last;
    const own = last && !last.service && isOwn(last, person);
    const preview = previewOf(last, entry, person) || words.kinds[entry.type];
    const label = [entry.title, entry.unread ? words.unread(entry.unread) : "", preview].filter(Boolean).join(", ");
    const traits = { "data-key": entry.key, "aria-current": open ? "true" : undefined, "aria-label": label, title: entry.title };
    return press("chat-row", () => this.column.desk.go(this.column, entry.key), traits,
      face(entry.title, { seed: entry.key === "bot" ? "bot" : entry.key, kind: entry.type }),
      make("span", { class: "row-words" },
        make("span", { class: "row-line" }, named(entry.title, { class: "title" }),
          last ? make("span", { class: "when soft" }, own ? "✓ " : "", listTimeOf(last.date)) : null),
        make("span", { class: "row-line" }, make("span", { class: "soft preview", dir: "auto" }, preview),
          count(entry.unread, words.unread(entry.unread)))));
  }

  steer(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    const rows = [...this.rows.querySelectorAll(".chat-row")];
    const at = rows.indexOf(document.activeElement);
    rows[Math.max(0, Math.min(rows.length - 1, at + step))]?.focus();
    event.preventDefault();
  }
}
