// Who is here, which chats each of them has, and what they have not read.
import { ask } from "./server.js";
import { words } from "./words.js";

const CROWD = 24;
// So many people's lists are read at the start; those of others when they are opened.

class Book extends EventTarget {
  people = new Map();
  lists = new Map();

  async refresh() {
    const listed = await ask("people");
    this.people = new Map(listed.map((person) => [person.id, person]));
    this.lists.clear();
    await Promise.all(listed.slice(0, CROWD).map((person) => this.load(person.id)));
    this.tell(0);
  }

  async load(id) {
    const entries = await ask(`people/${id}/chats`);
    this.lists.set(id, new Map(entries.map((entry) => [String(entry.key), { ...entry, key: String(entry.key) }])));
    this.tell(id);
  }

  arrived(id, entry, message) {
    entry.last = message;
    if (message.from?.id === id) entry.unread = 0;
    else entry.unread += 1;
  }

  tell(id) { this.dispatchEvent(new CustomEvent("change", { detail: id })); }

  entries(id) {
    const all = [...(this.lists.get(id)?.values() ?? [])];
    return all.sort((a, b) => (b.last?.date ?? 0) - (a.last?.date ?? 0) || (b.last?.message_id ?? 0) - (a.last?.message_id ?? 0));
  }

  entry(id, key) { return this.lists.get(id)?.get(String(key)); }

  unread(id) { return this.entries(id).reduce((sum, entry) => sum + entry.unread, 0); }

  reachable(id) {
    // Every chat in which this person may write, and everybody to whom they could.
    const known = this.entries(id).filter((entry) => entry.can_write);
    const keys = new Set(this.entries(id).map((entry) => entry.key));
    const others = [...this.people.values()].filter((other) => other.id !== id && !keys.has(String(other.id)));
    return [...known, ...others.map((other) => ({ key: String(other.id), type: "private", title: other.name, unread: 0 }))];
  }

  hear({ kind, person_id: id, chat, body }) {
    if (kind === "person") this.people.set(id, body);
    const list = this.lists.get(id);
    if (!list) {
      if (kind === "person") { this.lists.set(id, new Map()); this.load(id); }
      return;
    }
    const key = String(chat ?? "bot");
    const entry = list.get(key);
    if (kind === "chat" && body.gone) list.delete(key);
    else if (kind === "chat") list.set(key, { ...body, key });
    else if (kind === "message" && body.facts?.from === Number(key)) list.delete(key);
    else if (kind === "message" && entry) this.arrived(id, entry, body);
    else if (kind === "message") this.load(id);
    else if (kind === "deleted" && entry?.last?.message_id === body) this.load(id);
    else if (kind === "edited" && entry?.last?.message_id === body.message_id) entry.last = body;
    else if (kind === "read" && entry) entry.unread = 0;
    else if (kind !== "person") return;
    this.tell(id);
  }
}

export const book = new Book();

export function previewOf(message, entry, person) {
  // One line for the list: who wrote it and what.
  if (!message) return "";
  const { dice, document: file, photo, text } = message;
  const said = text.split("\n")[0] || (photo && words.picture) || file?.name || (dice && `${dice.emoji} ${dice.value}`) || "";
  const icon = photo ? "🖼 " : file ? "📎 " : "";
  if (message.service) return words.service(message);
  const own = isOwn(message, person);
  const who = own ? words.you : ["group", "supergroup"].includes(entry.type) ? message.from?.name : "";
  return `${who ? `${who}${words.colon}` : ""}${icon}${said}`;
}

export function isOwn(message, person) {
  if (message.from_bot) return false;
  return message.from ? message.from.id === person.id : true;
}
