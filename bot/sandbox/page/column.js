// One person's column: their chat list and the chat that is open.
import { book } from "./book.js";
import { ChatList } from "./chat-list.js";
import { Chat } from "./chat.js";
import { make } from "./dom.js";
import { toast } from "./dialogs.js";
import { ask } from "./server.js";
import { answered } from "./taps.js";
import { words } from "./words.js";

export class Column {
  constructor(person, desk) {
    this.person = person;
    this.desk = desk;
    this.key = null;
    this.chat = null;
    this.drafts = new Map();
    this.list = new ChatList(this);
    this.place = make("div", { class: "chat-place" });
    this.element = make("section", { class: "column", "aria-label": words.chatsOf(person.name) },
      this.list.element, this.place, make("div", { class: "toasts", role: "status", "aria-live": "polite" }));
    this.element.addEventListener("pointerdown", () => desk.choose(this), true);
    this.element.addEventListener("focusin", () => desk.choose(this));
    this.drawEmpty();
  }

  drawEmpty() {
    this.place.replaceChildren(make("div", { class: "notice" }, make("p", {}, words.choose)));
  }

  async show(key) {
    // Without a key only the list is shown.
    const wanted = key === null ? null : String(key);
    this.element.dataset.view = wanted === null ? "list" : "chat";
    if (wanted === this.key) return;
    if (this.chat) this.drafts.set(this.key, this.chat.draft);
    this.chat?.leave();
    this.key = wanted;
    this.chat = wanted === null ? null : new Chat(this, wanted);
    this.list.draw();
    if (!this.chat) { this.drawEmpty(); return; }
    this.place.replaceChildren(this.chat.element);
    await this.reload();
  }

  async reload() {
    const chat = this.chat;
    if (!chat) return;
    try {
      await chat.load();
    } catch (error) {
      if (chat !== this.chat) return;
      toast(error.message, this.element);
      this.desk.go(this, null);
      return;
    }
    if (chat !== this.chat) return;
    if (this.drafts.has(this.key)) chat.composer.put(this.drafts.get(this.key), { focus: false });
    this.seen();
  }

  async openLink(link, chat) {
    // A link to the bot, or a bare payload; where it leads is opened.
    try {
      const found = await ask(`people/${this.person.id}/open`, chat ? { link, chat } : { link });
      await this.desk.go(this, String(found.chat ?? chat ?? "bot"));
    } catch (error) {
      toast(error.message, this.element);
    }
  }

  seen() {
    // Whoever looks at a chat has read it.
    const entry = book.entry(this.person.id, this.key);
    if (!this.chat || !entry?.unread || !this.desk.isSeen(this)) return;
    entry.unread = 0;
    book.tell(this.person.id);
    ask(`people/${this.person.id}/chats/${this.key}/read`, {}).catch(() => {});
  }

  hear(news) {
    if (news.kind === "person") this.person = news.body;
    const moved = news.kind === "message" && news.body.facts?.from && String(news.body.facts.from) === this.key;
    if (moved && String(news.chat) === this.key) { this.desk.go(this, String(news.body.facts.to)); return; }
    if (news.kind === "chat" && news.body.gone && String(news.chat) === this.key) { this.desk.go(this, null); return; }
    // An answer to a tap is shown wherever its person is by now.
    if (news.kind === "answer") { answered(news.body, this); return; }
    if (this.chat && (news.chat === undefined || news.chat === null || String(news.chat) === this.key)) this.chat.hear(news);
    if (news.kind === "message" || news.kind === "chat") this.seen();
  }
}
