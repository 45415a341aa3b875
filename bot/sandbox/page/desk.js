// Whose chats are open beside each other, which chat in each, and how the address bar says so.
import { book } from "./book.js";
import { Column } from "./column.js";
import { arrange } from "./dom.js";
import { settings } from "./words.js";

const NARROWEST = 360;
const phone = matchMedia("(max-width: 760px)");

class Desk extends EventTarget {
  columns = [];
  active = 0;
  split = false;
  home = false;

  get room() {
    const width = document.getElementById("panes").clientWidth || innerWidth;
    return phone.matches ? 1 : Math.max(1, Math.min(3, Math.floor(width / NARROWEST)));
  }

  get current() { return this.columns[this.active] ?? null; }
  column(id) { return this.columns.find((column) => column.person.id === id); }

  read() {
    // `?person=1,2&chat=bot,-100…`: a person without a chat named has the bot's open, an empty name means the list.
    const query = new URLSearchParams(location.search);
    const ids = (query.get("person") ?? "").split(",").map(Number).filter((id) => book.people.has(id));
    const keys = query.get("chat")?.split(",") ?? [];
    return [...new Set(ids)].slice(0, 3).map((id, at) => ({ id, key: keys[at] ?? "bot" }));
  }

  async apply(wanted) {
    const kept = new Map(this.columns.map((column) => [column.person.id, column]));
    this.columns = wanted.map(({ id }) => kept.get(id) ?? new Column(book.people.get(id), this));
    this.home = wanted.length === 0;
    this.active = Math.min(this.active, Math.max(0, this.columns.length - 1));
    if (this.columns.length > 1) this.split = true;
    this.draw();
    await Promise.all(this.columns.map((column, at) => column.show(wanted[at].key || null)));
  }

  write(how = "pushState") {
    const query = new URLSearchParams();
    if (!this.home && this.columns.length) {
      query.set("person", this.columns.map((column) => column.person.id).join(","));
      query.set("chat", this.columns.map((column) => column.key ?? "").join(","));
    }
    for (const [name, value] of Object.entries(settings.kept)) query.set(name, value);
    const address = `?${query.toString().replaceAll("%2C", ",")}`;
    if (address !== location.search) history[how](null, "", address);
  }

  async open(id, key = "bot") {
    // Show a person: beside the others when there is room and that is wanted, else in place of the active one.
    this.home = false;
    const there = this.columns.findIndex((column) => column.person.id === id);
    if (there >= 0) {
      this.active = there;
    } else {
      const column = new Column(book.people.get(id), this);
      if (this.split && this.columns.length < this.room) this.active = this.columns.push(column) - 1;
      else this.columns[this.active] = column;
    }
    this.draw();
    await this.go(this.current, there >= 0 ? this.current.key ?? (phone.matches ? null : key) : phone.matches ? null : key);
  }

  async go(column, key) {
    this.home = false;
    this.active = this.columns.indexOf(column);
    const shown = column.show(key);
    // Going back leaves no step behind in the browser's history.
    this.write(key === null ? "replaceState" : "pushState");
    this.draw();
    await shown;
  }

  goHome() {
    this.home = true;
    this.write("replaceState");
    this.draw();
    document.querySelector('.person[aria-current="true"], .person')?.focus();
  }

  close(column) {
    this.columns = this.columns.filter((other) => other !== column);
    this.active = 0;
    if (this.columns.length < 2) this.split = false;
    this.write();
    this.draw();
  }

  setSplit(split) {
    this.split = split;
    if (!split && this.current) this.columns = [this.current];
    if (!split) this.active = 0;
    this.write();
    this.draw();
    const other = [...book.people.keys()].find((id) => !this.column(id));
    if (split && other && this.columns.length === 1) this.open(other);
  }

  choose(column) {
    if (this.current === column) return;
    this.active = this.columns.indexOf(column);
    this.draw();
  }

  draw() {
    arrange(document.getElementById("panes"), this.columns.map((column) => column.element));
    // Where there is room for fewer, those about the active one are shown.
    const first = Math.max(0, Math.min(this.active, this.columns.length - this.room));
    this.columns.forEach((column, at) => {
      column.element.classList.toggle("active", at === this.active);
      column.element.classList.toggle("alone", this.columns.length === 1);
      column.element.hidden = at < first || at >= first + this.room;
    });
    document.body.dataset.screen = this.home || !this.columns.length ? "people" : "chats";
    this.dispatchEvent(new Event("change"));
    for (const column of this.columns) column.seen();
  }

  isSeen(column) {
    return !document.hidden && !column.element.hidden && !(phone.matches && this.home);
  }
}

export const desk = new Desk();

addEventListener("popstate", () => {
  if (phone.matches || new URLSearchParams(location.search).has("person")) desk.apply(desk.read());
});
new ResizeObserver(() => desk.draw()).observe(document.getElementById("panes"));
document.addEventListener("visibilitychange", () => desk.columns.forEach((column) => column.seen()));
