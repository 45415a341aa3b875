// The messages of one chat: days, groups of bubbles, albums; what is read stays where it is.
import { isOwn } from "./book.js";
import { bubble, serviceLine } from "./bubble.js";
import { dayOf } from "./clock.js";
import { arrange, make, press, round } from "./dom.js";
import { words } from "./words.js";

const PAGE = 80;
const CLOSE = 300;
// Seconds within which messages of one sender stand together.
const GENERAL = 1;
// The topic that is always there: its messages name none.
const END = 60;
// Pixels from the end that still count as the end.

export class Stream {
  constructor(chat) {
    this.chat = chat;
    this.messages = new Map();
    this.drawn = new Map();
    this.limit = PAGE;
    this.topic = null;
    this.missed = 0;
    this.list = make("div", { class: "stream", role: "log", "aria-live": "polite" });
    this.scroll = make("div", { class: "scroll", tabindex: "0", role: "group", "aria-label": words.messages }, this.list);
    this.jump = round("fold", words.toEnd, () => this.toEnd(), { class: "jump", hidden: true });
    this.count = make("span", { class: "unread" });
    this.jump.append(this.count);
    this.element = make("div", { class: "stream-place" }, this.scroll, this.jump);
    this.sticky = true;
    this.top = 0;
    this.scroll.addEventListener("scroll", () => this.scrolled(), { passive: true });
    this.scroll.addEventListener("keydown", (event) => this.steer(event));
    // A keyboard that opens or a line that grows must not hide the newest message.
    this.watch = new ResizeObserver(() => { if (this.sticky) this.toEnd(); });
    this.watch.observe(this.scroll);
    this.watch.observe(this.list);
  }

  fill(messages) {
    this.messages = new Map(messages.map((message) => [message.message_id, message]));
    this.draw();
    this.toEnd();
  }

  put(message, kind) {
    const isNew = !this.messages.has(message.message_id);
    if (isNew && kind === "edited") return;
    if (!isNew) this.forgetQuotes(message.message_id);
    this.messages.set(message.message_id, message);
    const own = isOwn(message, this.chat.person);
    if (isNew && own) this.sticky = true;
    else if (isNew && !this.sticky) this.missed += 1;
    this.draw(isNew ? message.message_id : null);
  }

  change({ message_id: id, ...parts }) {
    // A part of a message that is shown, such as its reactions.
    const message = this.messages.get(id);
    if (message) this.put({ ...message, ...parts }, "edited");
  }

  drop(id) {
    this.messages.delete(id);
    this.forgetQuotes(id);
    this.draw();
  }

  forgetQuotes(id) {
    // Who answered this message shows a line of it: drawn anew.
    for (const [key, { messages }] of this.drawn) if (messages?.some((message) => message.reply_to === id)) this.drawn.delete(key);
  }

  show(topic) {
    this.topic = topic;
    this.limit = PAGE;
    this.draw();
    this.toEnd();
  }

  items() {
    // Messages in order, those of an album together.
    const items = [];
    for (const message of this.messages.values()) {
      if (this.topic !== null && (message.topic ?? GENERAL) !== this.topic) continue;
      const last = items.at(-1);
      if (message.album && last?.album === message.album) last.messages.push(message);
      else items.push({ id: message.message_id, album: message.album, messages: [message] });
    }
    return items;
  }

  draw(fresh = null) {
    this.keepPlace(() => arrange(this.list, this.wanted(fresh)));
    this.jump.hidden = this.sticky;
    this.count.textContent = this.missed ? String(this.missed) : "";
  }

  wanted(fresh) {
    const items = this.items();
    const shown = items.slice(-this.limit);
    const nodes = [];
    const live = new Set();
    if (!items.length) nodes.push(this.once("about", () => this.chat.about()));
    if (items.length > shown.length) nodes.push(this.once("earlier", () => press("earlier", () => this.earlier(), {}, words.earlier)));
    let day = "";
    shown.forEach((item, at) => {
      const [message] = item.messages;
      const itsDay = dayOf(message.date);
      if (itsDay !== day) nodes.push(this.once(`day ${itsDay}`, () => make("div", { class: "day" }, make("span", {}, itsDay))));
      day = itsDay;
      const node = this.node(item, message.message_id === fresh);
      node.classList.toggle("follows", joins(shown[at - 1], item));
      node.classList.toggle("followed", joins(item, shown[at + 1]));
      live.add(item.id);
      nodes.push(node);
    });
    for (const id of this.drawn.keys()) if (typeof id === "number" && !live.has(id)) this.drawn.delete(id);
    return nodes;
  }

  once(key, build) {
    if (!this.drawn.has(key) || key === "about") this.drawn.set(key, { node: build() });
    return this.drawn.get(key).node;
  }

  node(item, fresh) {
    const known = this.drawn.get(item.id);
    if (known && same(known.messages, item.messages)) return known.node;
    const build = item.messages[0].service ? serviceLine : bubble;
    const node = build(item.messages, this.chat);
    if (fresh && !known) node.classList.add("fresh");
    this.drawn.set(item.id, { node, messages: item.messages });
    if (known?.node.contains(document.activeElement)) keepFocus(known.node, node);
    return node;
  }

  keepPlace(change) {
    // The first message in sight stays where it is, whatever grows or goes above it.
    const top = this.scroll.getBoundingClientRect().top;
    const isInSight = (node) => node.getBoundingClientRect().bottom > top;
    const seen = this.sticky ? null : [...this.list.querySelectorAll("[data-id]")].find(isInSight);
    const before = seen?.getBoundingClientRect().top;
    change();
    if (this.sticky) { this.toEnd(); return; }
    const after = seen && this.list.querySelector(`[data-id="${seen.dataset.id}"]`);
    if (after) this.scroll.scrollTop += after.getBoundingClientRect().top - before;
  }

  earlier() {
    this.limit += PAGE;
    this.draw();
  }

  scrolled() {
    const { scrollTop, scrollHeight, clientHeight } = this.scroll;
    // What grows below leaves the place where it is; only somebody who goes up wants to stay there.
    const isAtEnd = scrollHeight - clientHeight - scrollTop < END;
    if (isAtEnd || scrollTop < this.top - 1) this.sticky = isAtEnd;
    this.top = scrollTop;
    if (this.sticky) this.missed = 0;
    this.jump.hidden = this.sticky;
    this.count.textContent = this.missed ? String(this.missed) : "";
    if (scrollTop < 40 && this.items().length > this.limit) this.earlier();
  }

  toEnd() {
    this.sticky = true;
    this.missed = 0;
    this.jump.hidden = true;
    this.scroll.scrollTop = this.scroll.scrollHeight;
    this.top = this.scroll.scrollTop;
  }

  reveal(id) {
    if (!this.messages.has(id)) return;
    if (this.topic !== null && (this.messages.get(id).topic ?? GENERAL) !== this.topic) this.chat.topics.choose(null);
    this.limit = Math.max(this.limit, this.messages.size);
    this.sticky = false;
    this.draw();
    const node = this.list.querySelector(`[data-id="${id}"], [data-ids~="${id}"]`);
    node?.scrollIntoView({ block: "center" });
    node?.classList.remove("flash");
    requestAnimationFrame(() => node?.classList.add("flash"));
  }

  steer(event) {
    // Arrows go from message to message; Escape goes to the line to write.
    if (event.key === "Escape") { this.chat.composer.focus(); return; }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || event.target === this.scroll) return;
    const handles = [...this.list.querySelectorAll(".handle")];
    const own = event.target.closest("article")?.querySelector(".handle");
    const next = handles[handles.indexOf(own) + step];
    if (next) next.focus();
    else if (step > 0) this.chat.composer.focus();
    event.preventDefault();
  }

  focusLast() { [...this.list.querySelectorAll(".handle")].at(-1)?.focus(); }
  leave() { this.watch.disconnect(); }
}

function joins(before, after) {
  const [one, other] = [before?.messages.at(-1), after?.messages[0]];
  if (!one || !other || one.service || other.service || dayOf(one.date) !== dayOf(other.date)) return false;
  return one.from_bot === other.from_bot && one.from?.id === other.from?.id && other.date - one.date < CLOSE;
}

function same(before, after) {
  return before.length === after.length && before.every((message, at) => message === after[at]);
}

function keepFocus(old, node) {
  // The button at the same place of the changed card, or the card's own handle.
  const place = document.activeElement.dataset.place;
  const next = (place && node.querySelector(`[data-place="${place}"]`)) || node.querySelector(".handle");
  queueMicrotask(() => next?.focus({ preventScroll: true }));
}
