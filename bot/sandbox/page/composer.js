// The line to write: text that grows, a reply, the bot's keyboard and commands, or why one can't write.
import { attach } from "./attach.js";
import { isOwn } from "./book.js";
import { brief } from "./bubble.js";
import { keyLabel } from "./buttons.js";
import { plain, toast } from "./dialogs.js";
import { make, named, press, round, sign } from "./dom.js";
import { InlineQuery } from "./inline.js";
import { openMenu } from "./menu.js";
import { ask } from "./server.js";
import { settings, words } from "./words.js";

const TALLEST = 168;

export class Composer {
  constructor(chat) {
    this.chat = chat;
    this.rows = [];
    this.keysShown = true;
    this.reply = null;
    this.edited = null;
    this.field = make("textarea", { rows: "1", placeholder: words.write, "aria-label": words.write, autocomplete: "off",
      oninput: () => this.typed(), onkeydown: (event) => this.pressed(event), onpaste: (event) => this.pasted(event) });
    this.inline = new InlineQuery(this);
    this.replyBar = make("div", { class: "reply-bar", hidden: true });
    this.menu = press("menu-key", () => this.commands(), { "aria-haspopup": "menu" }, words.menu);
    this.keysToggle = round("keys", words.keyboard, () => { this.keysShown = !this.keysShown; this.drawKeys(); });
    this.file = make("input", { type: "file", hidden: true, onchange: () => this.attach(this.file.files[0]) });
    this.send = round("send", words.send, () => this.submit(), { class: "send" });
    this.keys = make("div", { class: "reply-keys", role: "group", "aria-label": words.keyboard, hidden: true });
    this.line = make("div", { class: "write" }, this.menu,
      round("clip", words.attach, () => this.file.click()), this.file, this.field, this.keysToggle, this.send);
    this.instead = make("div", { class: "write instead", hidden: true });
    this.element = make("div", { class: "composer" }, this.inline.element, this.replyBar, this.line, this.instead, this.keys);
    this.draw();
  }

  get text() { return this.field.value; }

  draw() {
    // What stands here when this person can't simply write.
    const { chat } = this;
    const { person } = chat;
    let instead = null;
    if (chat.type === "bot" && person.blocked) instead = this.act(words.unblock, () => ask(`people/${person.id}/unblock`, {}));
    else if (chat.type === "bot" && !person.started) instead = this.act(words.start, () => chat.column.openLink(""));
    else if (!chat.canWrite) instead = make("p", { class: "soft" }, chat.type === "channel" ? words.onlyAdmins : words.cannotWrite);
    const was = this.instead.textContent;
    if (!instead || instead.textContent !== was) this.instead.replaceChildren(...(instead ? [instead] : []));
    this.instead.hidden = !instead;
    this.line.hidden = Boolean(instead);
    this.menu.hidden = chat.type !== "bot" && !(chat.bot.commands.length && chat.members.some((member) => member.is_bot));
    this.drawKeys();
  }

  act(label, act) {
    return plain(label, async () => {
      try { await act(); } catch (error) { toast(error.message, this.element); }
    }, "main");
  }

  setKeyboard(rows) {
    this.rows = rows;
    this.keysShown = true;
    this.drawKeys();
  }

  drawKeys() {
    const any = this.rows.length > 0 && !this.line.hidden;
    this.keysToggle.hidden = !any;
    this.keysToggle.setAttribute("aria-expanded", String(this.keysShown));
    this.keys.hidden = !any || !this.keysShown;
    this.keys.replaceChildren(...this.rows.map((row) => make("div", { class: "button-row" },
      ...row.map((label) => press("key", () => this.chat.write(label), {}, keyLabel(label))))));
  }

  put(text, { focus = true } = {}) {
    this.field.value = text;
    this.typed();
    if (!focus) return;
    this.field.focus();
    this.field.setSelectionRange(text.length, text.length);
  }

  focus() { this.field.focus(); }

  typed() {
    this.grow();
    this.inline.typed(this.field.value);
  }

  grow() {
    this.field.style.height = "auto";
    this.field.style.height = `${Math.min(this.field.scrollHeight + 2, TALLEST)}px`;
  }

  pressed(event) {
    if (event.isComposing || this.inline.pressed(event)) return;
    if (event.key === "Enter" && !event.shiftKey) { event.preventDefault(); this.submit(); }
    else if (event.key === "Escape" && !this.replyBar.hidden) this.calm();
    else if (event.key === "ArrowUp" && !this.field.value) { event.preventDefault(); this.chat.stream.focusLast(); }
  }

  pasted(event) {
    const file = [...event.clipboardData.files][0];
    if (!file) return;
    event.preventDefault();
    this.attach(file);
  }

  takesDrops(place) {
    // A file that is dropped on the chat is attached as one that is chosen.
    place.addEventListener("dragover", (event) => event.preventDefault());
    place.addEventListener("drop", (event) => {
      event.preventDefault();
      if (this.chat.canWrite) this.attach([...event.dataTransfer.files][0]);
    });
  }

  async attach(file) {
    this.file.value = "";
    if (!file) return;
    const caption = this.field.value.trim();
    const sent = await attach(this.chat, file, caption, this.answering());
    if (!sent) return;
    this.replyTo(null);
    this.put("");
  }

  answering() { return this.reply ? { reply_to: this.reply.message_id } : {}; }

  replyTo(message) {
    this.reply = message;
    this.above("reply", message);
  }

  edit(message) {
    this.replyTo(null);
    this.above("compose", message);
    this.edited = message;
    this.put(message.text);
  }

  above(mark, message) {
    // The message that is answered or changed.
    this.edited = null;
    this.replyBar.hidden = !message;
    if (!message) return;
    const who = isOwn(message, this.chat.person) ? words.you : message.from?.name ?? this.chat.title;
    this.replyBar.replaceChildren(sign(mark),
      make("span", { class: "names" }, make("b", {}, named(mark === "reply" ? who : words.edit)),
        make("span", { class: "soft", dir: "auto" }, brief(message))),
      round("close", words.cancelReply, () => this.calm()));
    this.focus();
  }

  calm() {
    // Neither answer nor change anything.
    if (this.edited) this.put("");
    this.replyTo(null);
    this.focus();
  }

  async submit() {
    const text = this.field.value.trim();
    if (!text) return;
    const { edited } = this;
    const answering = this.answering();
    this.put("");
    this.replyTo(null);
    const sent = edited
      ? await this.chat.act("edits", { message_id: edited.message_id, text })
      : await this.chat.write(text, answering);
    // What could not be sent stands in the line again.
    if (!sent && !this.field.value) this.put(text);
  }

  commands() {
    // Among several a command names its bot.
    const address = this.chat.type === "bot" ? "" : `@${settings.bot}`;
    const entries = this.chat.bot.commands.map(({ command, description }) =>
      [[make("code", {}, `/${command}`), make("span", {}, description)], () => this.chat.write(`/${command}${address}`)]);
    if (!entries.length) { toast(words.noCommands, this.element); return; }
    openMenu(this.menu, entries, { host: this.chat.element });
  }

  leave() { this.inline.close(); }
}
