// The server's journal: every request of the bot, newest first, live.
import { book } from "./book.js";
import { now, secondOf } from "./clock.js";
import { arrange, make } from "./dom.js";
import { check, select } from "./fields.js";
import { ask } from "./server.js";
import { words } from "./words.js";

const KEPT = 400;
const SHOWN = 120;

export class Journal {
  constructor() {
    this.entries = [];
    this.rows = new Map();
    const redraw = () => this.draw();
    this.methods = make("datalist", { id: "methods" });
    this.method = make("input", {
      type: "search", list: "methods", placeholder: words.anyMethod, "aria-label": words.method, oninput: redraw,
    });
    this.status = select([["all", words.all], ["ok", words.succeeded], ["bad", words.failed]],
      { "aria-label": words.status, onchange: redraw });
    this.time = select([["all", words.anyTime], [60, words.lastMinute], [600, words.last10], [3600, words.lastHour]],
      { "aria-label": words.time, onchange: redraw });
    const polls = check(words.hidePolls, { checked: true, onchange: redraw });
    this.polls = polls.querySelector("input");
    this.list = make("ol", { class: "journal", reversed: true });
    this.none = make("p", { class: "soft none" }, words.noEntries);
    this.element = make("div", { class: "page" },
      make("div", { class: "filters" }, this.method, this.methods, this.status, this.time, polls), this.list, this.none);
  }

  async open() {
    this.entries = await ask(`journal?last=${KEPT}`).catch(() => []);
    this.rows.clear();
    this.draw();
  }

  hear(entry) {
    this.entries.unshift(entry);
    this.entries.length = Math.min(this.entries.length, KEPT);
    if (this.element.isConnected) this.draw();
  }

  fits(entry) {
    const sought = this.method.value.trim().toLowerCase();
    const method = entry.method.toLowerCase();
    if (this.polls.checked && method === "getupdates" && sought !== method && !isBad(entry)) return false;
    if (!method.includes(sought)) return false;
    if (this.status.value !== "all" && (this.status.value === "bad") !== isBad(entry)) return false;
    return this.time.value === "all" || now() - entry.at <= Number(this.time.value);
  }

  draw() {
    const shown = this.entries.filter((entry) => this.fits(entry)).slice(0, SHOWN);
    arrange(this.list, shown.map((entry) => this.row(entry)));
    this.none.hidden = shown.length > 0;
    const names = [...new Set(this.entries.map((entry) => entry.method))].sort();
    if (this.methods.childElementCount === names.length) return;
    this.methods.replaceChildren(...names.map((value) => make("option", { value })));
  }

  row(entry) {
    // A row that was opened stays the same element while others come above it.
    if (!this.rows.has(entry.number)) this.rows.set(entry.number, build(entry));
    return this.rows.get(entry.number);
  }
}

function isBad(entry) { return entry.status >= 400 || !entry.answered; }

function build(entry) {
  const { method, params, files, status, answer, answered, fault, violation, at } = entry;
  const mark = make("span", { class: `status-mark ${isBad(entry) ? "bad" : "ok"}` }, answered ? String(status) : words.unanswered);
  const said = String(params?.text ?? params?.caption ?? "").slice(0, 60);
  const whose = book.people.get(Number(params?.chat_id))?.name ?? params?.chat_id;
  const notes = [whose && `→ ${whose}`, said, fault && words.faultKinds[fault], violation];
  const summary = make("summary", {}, mark, make("b", {}, method),
    make("span", { class: "soft notes" }, notes.filter(Boolean).join(" · ")), make("time", { class: "soft" }, secondOf(at)));
  const details = make("details", {}, summary);
  details.addEventListener("toggle", () => {
    if (!details.open || details.childElementCount > 1) return;
    const sent = Object.keys(files ?? {}).length ? { ...unpacked(params), files } : unpacked(params);
    details.append(...part(words.request, sent), ...part(words.answer, answer));
  });
  return make("li", {}, details);
}

function part(title, value) {
  return [make("h4", {}, title), make("pre", { tabindex: "0" }, JSON.stringify(value, null, 2))];
}

function unpacked(params) {
  // Bots send lists and objects as JSON inside a text.
  return Object.fromEntries(Object.entries(params ?? {}).map(([name, value]) => {
    if (typeof value !== "string" || !/^[[{]/.test(value)) return [name, value];
    try { return [name, JSON.parse(value)]; } catch { return [name, value]; }
  }));
}
