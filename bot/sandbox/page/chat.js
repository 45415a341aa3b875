// One open chat: head, pinned messages, topics, messages and the line to write.
import { book } from "./book.js";
import { Composer } from "./composer.js";
import { toast } from "./dialogs.js";
import { make } from "./dom.js";
import { botLink } from "./entities.js";
import { Head } from "./head.js";
import { pickChat } from "./picker.js";
import { PinnedBar } from "./pinned.js";
import { ask } from "./server.js";
import { Stream } from "./stream.js";
import { tap } from "./taps.js";
import { TopicBar } from "./topics.js";
import { openMiniApp } from "./webapp.js";
import { settings, words } from "./words.js";

export class Chat {
  constructor(column, key) {
    this.column = column;
    this.person = column.person;
    this.key = key;
    this.path = `people/${this.person.id}/chats/${key}`;
    const entry = book.entry(this.person.id, key);
    this.type = entry?.type ?? (key === "bot" ? "bot" : Number(key) > 0 ? "private" : "group");
    this.title = entry?.title ?? book.people.get(Number(key))?.name ?? settings.bot;
    this.bot = { name: settings.bot, commands: [], description: "" };
    this.members = [];
    this.me = { status: "member", rights: {} };
    this.canWrite = true;
    this.missed = null;
    this.refreshing = false;
    this.isStale = false;
    this.actions = {
      open: (link) => this.open(link),
      look: () => column.desk.go(column, "bot"),
      write: (text) => this.write(text),
      tap: (button, id, row, at) => tap(button, this, id, row, at),
      webApp: (url, title) => openMiniApp(this, url, title),
      inlineHere: (query) => this.composer.put(`@${settings.bot} ${query}`),
      sendInline: (query, allowed) => this.sendInline(query, allowed),
    };
    this.head = new Head(this);
    this.pinned = new PinnedBar(this);
    this.topics = new TopicBar(this);
    this.stream = new Stream(this);
    this.composer = new Composer(this);
    this.element = make("section", { class: "chat", "aria-label": `${this.title} ${words.as(this.person.name)}` },
      this.head.element, this.pinned.element, this.topics.element, this.stream.element, this.composer.element);
    this.composer.takesDrops(this.element);
  }

  get draft() { return this.composer.text; }

  async load() {
    // What happens meanwhile is heard afterwards: it may be newer than what is read.
    this.missed = [];
    try {
      const view = await ask(this.path);
      this.take(view);
      this.stream.fill(view.messages);
    } finally {
      const missed = this.missed;
      this.missed = null;
      for (const news of missed) this.hear(news);
    }
  }

  take(view) {
    // Everything about the chat but its messages.
    this.person = view.person;
    this.bot = view.bot ?? this.bot;
    this.type = view.type;
    this.title = view.title;
    this.members = view.members ?? [];
    this.me = view.me ?? this.me;
    this.canWrite = view.can_write;
    this.element.setAttribute("aria-label", `${this.title} ${words.as(this.person.name)}`);
    this.head.draw();
    this.pinned.fill(view.pinned ?? []);
    this.topics.fill(view.topics ?? [], view.is_forum ?? book.entry(this.person.id, this.key)?.is_forum);
    this.composer.setKeyboard(view.keyboard ?? []);
    this.composer.draw();
  }

  async refresh() {
    // What happens in a burst is read once more, not once each.
    if (this.refreshing) { this.isStale = true; return; }
    this.refreshing = true;
    do {
      this.isStale = false;
      const view = await ask(this.path).catch(() => null);
      if (view) this.take(view);
    } while (this.isStale);
    this.refreshing = false;
  }

  about() {
    const text = this.type === "bot" ? this.bot.description || words.empty : words.quiet;
    return make("div", { class: "about" }, make("b", {}, make("bdi", {}, this.title)), make("p", {}, text));
  }

  async act(verb, body) {
    try { return await ask(`${this.path}/${verb}`, body); } catch (error) { toast(error.message, this.element); return null; }
  }

  write(text, more = {}) { return this.act("messages", { text, ...this.topics.field, ...more }); }

  async open(link) {
    const started = botLink(link);
    if (started?.startgroup === undefined) { await this.column.openLink(link); return; }
    const group = await pickChat(this.person, { title: words.addToGroup, allowed: { allow_group_chats: true } });
    if (group) await this.column.openLink(link, group.key);
  }

  async sendInline(query, allowed) {
    // The button picks a chat first; there the query stands in the line to write.
    const chosen = await pickChat(this.person, { title: words.sendTo, allowed });
    if (!chosen) return;
    await this.column.desk.go(this.column, chosen.key);
    this.column.chat?.composer.put(`@${settings.bot} ${query}`);
  }

  hear(news) {
    if (this.missed) { this.missed.push(news); return undefined; }
    const { kind, body } = news;
    switch (kind) {
      case "message":
        if (this.type === "bot" && !body.from_bot) this.person.started = true;
        this.head.say("");
        this.stream.put(body, kind);
        this.composer.draw();
        return body.service ? this.refresh() : undefined;
      case "edited": return this.stream.put(body, kind);
      case "reaction": return this.stream.change(body);
      case "deleted": this.stream.drop(body.message_id ?? body); return this.pinned.drop(body.message_id ?? body);
      case "action": return this.head.say(body);
      case "person": this.person = body; return this.composer.draw();
      case "bot": this.bot = body; return this.head.draw();
      case "keyboard": return this.composer.setKeyboard(body);
      case "inline": return this.composer.inline.late(body);
      case "pinned": this.stream.change(body); return this.refresh();
      case "chat": return this.refresh();
      default: return undefined;
    }
  }

  leave() {
    this.stream.leave();
    this.composer.leave();
  }
}
