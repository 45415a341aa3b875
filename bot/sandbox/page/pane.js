// One person's chat: its head, its messages, the line to write.
import { bubble } from "./bubble.js";
import { alertBox, face, form, make, sign, toast } from "./dom.js";
import { ask } from "./server.js";
import { dayOf, settings, words } from "./words.js";

const PATIENCE = 10000;

export class Pane {
  constructor(person) {
    this.person = person;
    this.bot = { name: settings.bot, commands: [], description: "" };
    this.messages = new Map();
    this.waiting = new Map();
    this.early = new Map();
    this.status = make("span", { class: "soft" });
    this.title = make("b", {});
    this.stream = make("div", { class: "stream", role: "log", "aria-live": "polite" });
    this.scroll = make("div", { class: "scroll", tabindex: "0" }, this.stream);
    this.foot = make("div", {});
    this.actions = {
      open: (link) => this.open(link),
      write: (text) => this.write(text),
      tap: (key, id, row, column) => this.tap(key, id, row, column),
    };
    this.element = make("section", { class: "pane", "aria-label": `${settings.bot} ${words.as(person.name)}` },
      this.head(), this.scroll, this.foot);
  }

  head() {
    const more = make("button", { class: "round", type: "button", "aria-label": words.more, "aria-haspopup": "menu" }, sign("more"));
    more.addEventListener("click", () => this.popup("top", [
      [words.link, () => this.askLink()],
      this.person.blocked
        ? [words.unblock, () => ask(`people/${this.person.id}/unblock`, {})]
        : [words.block, () => ask(`people/${this.person.id}/block`, {})],
    ]));
    return make("header", { class: "pane-head" }, face(settings.bot), make("div", { class: "names" }, this.title, this.status), more);
  }

  async load() {
    const chat = await ask(`people/${this.person.id}/chat`);
    this.person = chat.person;
    this.bot = chat.bot;
    this.keyboard = chat.keyboard;
    this.messages = new Map(chat.messages.map((message) => [message.message_id, message]));
    this.draw();
  }

  draw() {
    this.say("");
    const about = this.messages.size ? null
      : make("div", { class: "about" }, make("b", {}, this.bot.name), `\n${this.bot.description || words.empty}`);
    this.day = "";
    this.stream.replaceChildren(...(about ? [about] : []));
    for (const message of this.messages.values()) this.append(message);
    this.drawFoot();
    this.toEnd();
  }

  append(message) {
    const day = dayOf(message.date);
    if (day !== this.day) this.stream.append(make("div", { class: "day" }, day));
    this.day = day;
    this.stream.append(bubble(message, this.actions));
  }

  drawFoot() {
    const state = this.person.blocked ? "blocked" : this.person.started ? "open" : "new";
    if (state === this.drawnState && state !== "open") return;
    const kept = this.field?.value ?? "";
    this.drawnState = state;
    if (state !== "open") {
      const act = state === "new" ? () => this.open("") : () => ask(`people/${this.person.id}/unblock`, {});
      const label = state === "new" ? words.start : words.unblock;
      this.foot.replaceChildren(make("div", { class: "write" },
        make("button", { class: "tool main", type: "button", onclick: act }, make("span", { class: "label" }, label))));
      return;
    }
    this.field = make("textarea", { rows: "1", placeholder: words.write, "aria-label": words.write });
    this.field.value = kept;
    this.field.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); this.submit(); }
    });
    const menu = make("button", { class: "menu-key", type: "button", "aria-haspopup": "menu" }, words.menu);
    menu.addEventListener("click", () => this.commands());
    const send = make("button", { class: "round send", type: "button", "aria-label": words.send, onclick: () => this.submit() }, sign("send"));
    const keys = this.keyboard?.length ? make("div", { class: "reply-keys", "aria-label": words.keyboard },
      ...this.keyboard.map((row) => make("div", { class: "button-row" }, ...row.map((label) =>
        make("button", { class: "key", type: "button", onclick: () => this.write(label) }, label))))) : null;
    this.foot.replaceChildren(...[keys, make("div", { class: "write" }, menu, this.field, send)].filter(Boolean));
  }

  say(action) {
    this.title.textContent = this.bot.name;
    this.status.className = action ? "soft busy" : "soft";
    this.status.textContent = action || `${words.bot} · ${words.as(this.person.name)}`;
    clearTimeout(this.calm);
    if (action) this.calm = setTimeout(() => this.say(""), 5000);
  }

  toEnd() { this.scroll.scrollTop = this.scroll.scrollHeight; }

  popup(place, entries) {
    this.element.querySelector(".popup")?.remove();
    const box = make("div", { class: `popup ${place}`, role: "menu" });
    const close = () => { box.remove(); document.removeEventListener("pointerdown", outside, true); };
    const outside = (event) => { if (!box.contains(event.target)) close(); };
    for (const [label, act] of entries) {
      const content = Array.isArray(label) ? label : [label];
      box.append(make("button", { type: "button", role: "menuitem", onclick: () => { close(); act(); } }, ...content));
    }
    box.addEventListener("keydown", (event) => { if (event.key === "Escape") close(); });
    document.addEventListener("pointerdown", outside, true);
    this.element.append(box);
    box.querySelector("button")?.focus();
  }

  commands() {
    const entries = this.bot.commands.map(({ command, description }) =>
      [[make("code", {}, `/${command}`), description], () => this.write(`/${command}`)]);
    if (!entries.length) return toast(words.noCommands);
    return this.popup("bottom", entries);
  }

  askLink() {
    const input = make("input", { name: "link", required: true, placeholder: words.linkHint, autocomplete: "off" });
    form(words.link, [make("label", {}, words.linkHint, input)], words.open,
      (values) => ask(`people/${this.person.id}/open`, { link: values.get("link") }));
  }

  submit() {
    const text = this.field.value.trim();
    if (!text) return;
    this.field.value = "";
    this.write(text);
  }

  write(text) { return this.act("messages", { text }); }
  open(link) { return this.act("open", { link }); }

  async act(verb, body) {
    try { await ask(`people/${this.person.id}/${verb}`, body); } catch (error) { toast(error.message); }
  }

  async tap(key, messageId, row, column) {
    if (key.getAttribute("aria-busy") === "true") return;
    key.setAttribute("aria-busy", "true");
    try {
      const { query_id: id } = await ask(`people/${this.person.id}/taps`, { message_id: messageId, row, column });
      const done = () => { this.waiting.delete(id); clearTimeout(late); key.removeAttribute("aria-busy"); };
      const late = setTimeout(() => { done(); toast(words.silent); }, PATIENCE);
      this.waiting.set(id, done);
      // The answer may overtake the reply to the tap itself.
      if (this.early.delete(id)) done();
    } catch (error) {
      key.removeAttribute("aria-busy");
      toast(error.message);
    }
  }

  answered({ query_id: id, text, alert, url }) {
    if (this.waiting.has(id)) this.waiting.get(id)();
    else this.early.set(id, true);
    if (text) (alert ? alertBox : toast)(text);
    if (url) this.open(url);
  }

  hear({ kind, body }) {
    switch (kind) {
      case "message":
      case "edited":
        this.messages.set(body.message_id, body);
        if (!body.from_bot) this.person.started = true;
        return this.redraw(kind, body);
      case "deleted": this.messages.delete(body); return this.draw();
      case "answer": return this.answered(body);
      case "action": return this.say(words[body] ?? words.typing);
      case "person": this.person = body; return this.drawFoot();
      case "bot": this.bot = body; return this.say("");
      case "keyboard": this.keyboard = body; return this.drawFoot();
      default: return undefined;
    }
  }

  redraw(kind, message) {
    const old = this.stream.querySelector(`[data-id="${message.message_id}"]`);
    if (old) {
      const { scrollTop, scrollHeight, clientHeight } = this.scroll;
      old.replaceWith(bubble(message, this.actions));
      return scrollHeight - clientHeight - scrollTop < 40 ? this.toEnd() : undefined;
    }
    if (this.messages.size === 1) this.stream.replaceChildren();
    if (kind === "message") this.append(message);
    this.say("");
    this.drawFoot();
    return this.toEnd();
  }
}

export function welcome(onAdd) {
  const add = make("button", { class: "tool main", type: "button", onclick: onAdd }, make("span", {}, words.add));
  return make("div", { class: "notice" }, make("p", {}, words.nobody), add);
}
