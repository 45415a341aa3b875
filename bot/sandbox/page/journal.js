// The server's journal: every request of the bot, newest first, live.
import { now, secondOf } from "./clock.js";
import { make } from "./dom.js";
import { ask } from "./server.js";
import { words } from "./words.js";

const KEPT = 400;
const SHOWN = 120;

export class Journal {
  constructor() {
    this.entries = [];
    this.rows = new Map();
    this.methods = make("datalist", { id: "methods" });
    this.method = make("input", { type: "search", list: "methods", placeholder: words.anyMethod, "aria-label": words.method, oninput: () => this.draw() });
    this.status = this.select(words.status, { all: words.all, ok: words.succeeded, bad: words.failed });
    this.time = this.select(words.time, { all: words.anyTime, 60: words.lastMinute, 600: words.last10, 3600: words.lastHour });
    this.polls = make("input", { type: "checkbox", checked: true, onchange: () => this.draw() });
    this.list = make("ol", { class: "journal", reversed: true });
    this.none = make("p", { class: "soft none" }, words.noEntries);
    this.element = make("div", { class: "page" },
      make("div", { class: "filters" }, this.method, this.methods, this.status, this.time, make("label", { class: "check" }, this.polls, words.hidePolls)), this.list, this.none);
  }

  select(label, options) {
    return make("select", { "aria-label": label, onchange: () => this.draw() }, ...Object.entries(options)
      .sort(([one], [other]) => (other === "all") - (one === "all")).map(([value, said]) => make("option", { value }, said)));
  }

  async open() {
    const read = await ask(`journal?last=${KEPT}`).catch(() => []);
    this.entries = read.sort((a, b) => b.number - a.number).slice(0, KEPT);
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
    const bad = entry.status >= 400 || !entry.answered;
    if (this.polls.checked && entry.method === "getUpdates" && sought !== "getupdates" && !bad) return false;
    if (sought && !entry.method.toLowerCase().includes(sought)) return false;
    if (this.status.value !== "all" && (this.status.value === "bad") !== bad) return false;
    return this.time.value === "all" || now() - entry.at <= Number(this.time.value);
  }

  draw() {
    const shown = this.entries.filter((entry) => this.fits(entry)).slice(0, SHOWN);
    const wanted = shown.map((entry) => this.row(entry));
    const kept = new Set(wanted);
    for (const old of [...this.list.children]) if (!kept.has(old)) old.remove();
    wanted.forEach((row, at) => { if (this.list.children[at] !== row) this.list.insertBefore(row, this.list.children[at] ?? null); });
    this.none.hidden = shown.length > 0;
    const names = [...new Set(this.entries.map((entry) => entry.method))].sort();
    if (this.methods.childElementCount !== names.length) this.methods.replaceChildren(...names.map((value) => make("option", { value })));
  }

  row(entry) {
    // A row that was opened stays the same element while others come above it.
    if (!this.rows.has(entry.number)) this.rows.set(entry.number, build(entry));
    return this.rows.get(entry.number);
  }
}

function unpacked(params) {
  // Bots send lists and objects as JSON inside a text.
  return Object.fromEntries(Object.entries(params ?? {}).map(([name, value]) => {
    if (typeof value !== "string" || !/^[[{]/.test(value)) return [name, value];
    try { return [name, JSON.parse(value)]; } catch { return [name, value]; }
  }));
}

function build(entry) {
  const bad = entry.status >= 400 || !entry.answered;
  const mark = make("span", { class: `status-mark ${bad ? "bad" : "ok"}` }, entry.answered ? String(entry.status) : words.unanswered);
  const said = entry.params?.text ?? entry.params?.caption ?? "";
  const notes = [entry.params?.chat_id ? `→ ${entry.params.chat_id}` : "", String(said).slice(0, 60), entry.fault ? words.faultKinds[entry.fault] ?? entry.fault : "", entry.violation ?? ""].filter(Boolean).join(" · ");
  const details = make("details", {}, make("summary", {}, mark, make("b", {}, entry.method), make("span", { class: "soft notes" }, notes), make("time", { class: "soft" }, secondOf(entry.at))));
  details.addEventListener("toggle", () => {
    if (!details.open || details.childElementCount > 1) return;
    const part = (title, value) => [make("h4", {}, title), make("pre", { tabindex: "0" }, JSON.stringify(value, null, 2))];
    details.append(...part(words.request, { ...unpacked(entry.params), ...(Object.keys(entry.files ?? {}).length ? { files: entry.files } : {}) }), ...part(words.answer, entry.answer));
  });
  return make("li", {}, details);
}
