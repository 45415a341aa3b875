// The head of a chat: where it is, who is typing, and what can be done with it.
import { form, toast } from "./dialogs.js";
import { face, make, named, round } from "./dom.js";
import { labelled } from "./fields.js";
import { openMenu } from "./menu.js";
import { panel } from "./panel.js";
import { ask } from "./server.js";
import { words } from "./words.js";

const CALM = 5000;

export class Head {
  constructor(chat) {
    this.chat = chat;
    this.face = make("span", {});
    this.title = make("h2", { class: "title" });
    this.status = make("span", { class: "soft status" });
    const more = round("more", words.more, () => openMenu(more, this.entries(), { host: chat.element }), { "aria-haspopup": "menu" });
    this.element = make("header", { class: "bar chat-head" },
      round("back", words.chats, () => chat.column.desk.go(chat.column, null), { class: "back" }),
      this.face, make("div", { class: "names" }, this.title, this.status), more);
    this.draw();
  }

  draw() {
    const { chat } = this;
    const name = chat.type === "bot" ? chat.bot.name : chat.title;
    this.face.replaceChildren(face(name, { seed: chat.key === "bot" ? "bot" : chat.key, kind: chat.type }));
    this.title.replaceChildren(named(name));
    this.title.title = name;
    this.say("");
  }

  say(what) {
    const who = ["group", "supergroup"].includes(this.chat.type) ? `${this.chat.bot.name} ` : "";
    this.status.classList.toggle("busy", Boolean(what));
    if (what) this.status.textContent = `${who}${words.doing[what] ?? words.typing}`;
    else this.status.replaceChildren(make("span", { class: "as" }, `${words.as(this.chat.person.name)} · `), this.rest());
    clearTimeout(this.calm);
    if (what) this.calm = setTimeout(() => this.say(""), CALM);
  }

  rest() {
    const { chat } = this;
    if (chat.type === "bot") return words.bot;
    if (chat.type === "private") return words.kinds.private;
    return `${words.kinds[chat.type]} · ${words.members(chat.members.length)}`;
  }

  entries() {
    const { chat } = this;
    if (chat.type === "bot") {
      const blocked = chat.person.blocked;
      return [
        [words.link, () => this.askLink()],
        [blocked ? words.unblock : words.block, () => this.post(`people/${chat.person.id}/${blocked ? "unblock" : "block"}`)],
      ];
    }
    if (chat.type === "private") return [[words.link, () => this.askLink()]];
    return [
      [words.groupTools, () => panel.open("group")],
      ...(chat.topics.isForum ? [[words.newTopic, () => chat.topics.add()]] : []),
      [words.leave, () => this.post(`chats/${chat.key}/members`, { member: chat.person.id, status: "left", by: chat.person.id })],
    ];
  }

  async post(path, body = {}) {
    try { await ask(path, body); } catch (error) { toast(error.message, this.chat.element); }
  }

  askLink() {
    const input = make("input", { name: "link", required: true, placeholder: words.linkHint, autocomplete: "off" });
    form(words.link, [labelled(words.linkHint, input)], words.open, (values) => this.chat.open(values.get("link")));
  }
}
