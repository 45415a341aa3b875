// What can be done with a group: who is in it, the bot's rights, and its becoming a supergroup.
import { book } from "./book.js";
import { toast } from "./dialogs.js";
import { face, make, named } from "./dom.js";
import { openMenu } from "./menu.js";
import { ask } from "./server.js";
import { settings, words } from "./words.js";

const GROUPS = ["group", "supergroup", "channel"];
const RIGHTS = ["can_pin_messages", "can_delete_messages", "can_invite_users", "can_restrict_members", "can_manage_topics", "can_post_messages", "can_edit_messages"];

export class GroupTools {
  constructor(desk) {
    this.desk = desk;
    this.select = make("select", { "aria-label": words.group, onchange: () => this.load() });
    this.body = make("div", { class: "group-body" });
    this.element = make("div", { class: "page" }, this.select, this.body);
  }

  groups() {
    // Every group that somebody here is in, with one through whose eyes it is read.
    const found = new Map();
    for (const person of book.people.keys()) {
      for (const entry of book.entries(person)) if (GROUPS.includes(entry.type) && !found.has(entry.key)) found.set(entry.key, { ...entry, person });
    }
    return found;
  }

  open() { return this.follow(); }

  follow() {
    // The group whose chat is in front is the one that is shown.
    const { current } = this.desk;
    const groups = this.groups();
    const wanted = groups.has(current?.key) ? current.key : this.select.value;
    this.select.replaceChildren(...[...groups.values()].map((group) => make("option", { value: group.key, selected: group.key === wanted }, `${group.title} (${words.kinds[group.type]})`)));
    this.select.hidden = !groups.size;
    return this.load();
  }

  hear() { return this.follow(); }

  async load() {
    const group = this.groups().get(this.select.value);
    if (!group) { this.body.replaceChildren(make("p", { class: "soft" }, words.noGroups)); return; }
    const view = await ask(`people/${group.person}/chats/${group.key}`).catch(() => null);
    if (view) this.draw(group, view);
  }

  draw(group, view) {
    const isBotIn = view.members.some((member) => member.is_bot && !["left", "kicked"].includes(member.status));
    const outside = [...book.people.values()].filter((person) => !view.members.some((member) => member.id === person.id && !["left", "kicked"].includes(member.status)));
    const add = make("select", { "aria-label": words.addMember, onchange: () => { if (add.value) this.set(group, { member: add.value === "bot" ? "bot" : Number(add.value), status: "member" }); } },
      make("option", { value: "" }, words.addMember), isBotIn ? null : make("option", { value: "bot" }, `@${settings.bot}`),
      ...outside.map((person) => make("option", { value: person.id }, person.name)));
    this.body.replaceChildren(
      make("ul", { class: "members", "aria-label": words.inGroup }, ...view.members.map((member) => this.member(group, member))), add,
      ...(group.type === "group" ? [make("button", { class: "tool", type: "button", onclick: () => this.act(() => ask(`chats/${group.key}/migrate`, {})) }, words.migrate)] : []));
  }

  member(group, member) {
    const who = member.is_bot ? "bot" : member.id;
    const more = make("button", { class: "tool small", type: "button", "aria-haspopup": "menu", "aria-label": words.membership(member.name),
      onclick: () => openMenu(more, this.entries(group, member, who), { host: this.element }) }, words.statuses[member.status] ?? member.status);
    return make("li", {}, face(member.name, { seed: member.is_bot ? "bot" : member.id, kind: member.is_bot ? "bot" : "private" }), named(member.name, { class: "title" }), more);
  }

  entries(group, member, who) {
    const to = (label, status, rights) => [label, () => this.set(group, { member: who, status, ...(rights ? { rights } : {}) })];
    const every = Object.fromEntries(RIGHTS.map((right) => [right, true]));
    if (member.status === "creator") return [[words.ownerStays, () => {}]];
    return [
      to(words.promote, "administrator", every), to(words.pinOnly, "administrator", { can_pin_messages: true }), to(words.demote, "member"),
      to(words.restrict, "restricted"), to(words.remove, "left"), to(words.ban, "kicked"),
    ];
  }

  set(group, body) {
    const owner = this.desk.current?.key === group.key ? this.desk.current.person.id : group.person;
    return this.act(() => ask(`chats/${group.key}/members`, { ...body, by: owner }));
  }

  async act(change) {
    try { await change(); } catch (error) { toast(error.message); }
    await this.follow();
  }
}
