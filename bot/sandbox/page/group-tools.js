// What can be done with a group: who is in it, the bot's rights, and its becoming a supergroup.
import { book } from "./book.js";
import { toast } from "./dialogs.js";
import { face, make, named, press } from "./dom.js";
import { select } from "./fields.js";
import { openMenu } from "./menu.js";
import { ask } from "./server.js";
import { settings, words } from "./words.js";

const GROUPS = ["group", "supergroup", "channel"];

export class GroupTools {
  constructor(desk) {
    this.desk = desk;
    this.select = select([], { "aria-label": words.group, onchange: () => this.load() });
    this.body = make("div", { class: "group-body" });
    this.element = make("div", { class: "page" }, this.select, this.body);
  }

  groups() {
    // Every group that somebody here is in, with one through whose eyes it is read.
    const found = new Map();
    for (const person of book.people.keys()) {
      const entries = book.entries(person).filter((entry) => GROUPS.includes(entry.type) && !found.has(entry.key));
      for (const entry of entries) found.set(entry.key, { ...entry, person });
    }
    return found;
  }

  open() { return this.follow(); }
  hear() { return this.follow(); }

  follow() {
    // The group whose chat is in front is the one that is shown.
    const { current } = this.desk;
    const groups = this.groups();
    const wanted = groups.has(current?.key) ? current.key : this.select.value;
    this.select.replaceChildren(...[...groups.values()].map(({ key, title, type }) =>
      make("option", { value: key, selected: key === wanted }, `${title} (${words.kinds[type]})`)));
    this.select.hidden = !groups.size;
    return this.load();
  }

  async load() {
    const group = this.groups().get(this.select.value);
    if (!group) { this.body.replaceChildren(make("p", { class: "soft" }, words.noGroups)); return; }
    const view = await ask(`people/${group.person}/chats/${group.key}`).catch(() => null);
    if (view) this.draw(group, view);
  }

  draw(group, { members }) {
    const inside = new Set(members.map((member) => member.id));
    const outside = [...book.people.values()].filter((person) => !inside.has(person.id));
    const isBotIn = members.some((member) => member.is_bot);
    const status = group.type === "channel" ? "administrator" : "member";
    const add = select([["", words.addMember], ...(isBotIn ? [] : [["bot", `@${settings.bot}`]]),
      ...outside.map((person) => [person.id, person.name])], { "aria-label": words.addMember });
    add.addEventListener("change", () => (add.value === "bot"
      ? this.set(group, { member: "bot", status })
      : this.set(group, { member: Number(add.value), status: "member" })));
    const grow = press("tool", () => this.act(() => ask(`chats/${group.key}/migrate`, {})), {}, words.migrate);
    this.body.replaceChildren(
      make("ul", { class: "members", "aria-label": words.inGroup }, ...members.map((member) => this.row(group, member))),
      add, ...(group.type === "group" ? [grow] : []));
  }

  row(group, member) {
    const kind = member.is_bot ? "bot" : "private";
    const open = () => openMenu(more, this.entries(group, member), { host: this.element });
    const more = press("tool small", open, { "aria-haspopup": "menu", "aria-label": words.membership(member.name) },
      words.statuses[member.status] ?? member.status);
    return make("li", {}, face(member.name, { seed: member.id, kind }), named(member.name, { class: "title" }), more);
  }

  entries(group, member) {
    if (member.status === "creator") return [[words.ownerStays, () => {}]];
    const who = member.is_bot ? "bot" : member.id;
    const to = (label, status, rights) => [label, () => this.set(group, { member: who, status, ...(rights && { rights }) })];
    return [
      to(words.promote, "administrator"), to(words.pinOnly, "administrator", { can_pin_messages: true }),
      to(words.demote, "member"), to(words.restrict, "restricted", {}), to(words.remove, "left"), to(words.ban, "kicked"),
    ];
  }

  set(group, body) { return this.act(() => ask(`chats/${group.key}/members`, body)); }

  async act(change) {
    try { await change(); } catch (error) { toast(error.message); }
    await this.follow();
  }
}
