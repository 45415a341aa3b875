// `@bot query` in the line to write: results as one types, chosen by hand or by keyboard.
import { keyLabel } from "./buttons.js";
import { toast } from "./dialogs.js";
import { make, press, tint } from "./dom.js";
import { ask } from "./server.js";
import { openMiniApp } from "./webapp.js";
import { settings, words } from "./words.js";

const PAUSE = 250;
const WAIT = 8;
const ASKED = new RegExp(`^@${settings.bot}\\s([\\s\\S]*)$`, "i");
let numbers = 0;

export class InlineQuery {
  constructor(composer) {
    this.composer = composer;
    this.number = numbers += 1;
    this.turn = 0;
    this.id = null;
    this.results = [];
    this.at = -1;
    this.above = make("div", { class: "inline-above" });
    this.list = make("div", { class: "inline-results", id: `results-${this.number}`, role: "listbox", "aria-label": words.results });
    this.list.addEventListener("scroll", () => this.scrolled(), { passive: true });
    this.note = make("div", { class: "inline-note soft", role: "status" });
    this.element = make("div", { class: "inline", hidden: true }, this.above, this.list, this.note);
    this.field = composer.field;
    this.field.setAttribute("aria-autocomplete", "list");
    this.field.setAttribute("aria-controls", this.list.id);
  }

  get isOpen() { return !this.element.hidden; }

  typed(text) {
    clearTimeout(this.pause);
    const query = ASKED.exec(text)?.[1];
    if (query === undefined) { this.close(); return; }
    if (this.isOpen && query === this.query) return;
    this.query = query;
    this.busy(true);
    this.pause = setTimeout(() => this.ask(""), PAUSE);
  }

  busy(is) {
    this.composer.line.classList.toggle("busy", is);
    this.field.setAttribute("aria-busy", String(is));
  }

  async ask(offset) {
    const turn = this.turn += 1;
    const { chat } = this.composer;
    // A browser keeps few connections to one server: those of earlier letters must not wait on.
    this.asking?.abort();
    this.asking = new AbortController();
    const { signal } = this.asking;
    if (!offset) { this.seen = null; this.next = ""; }
    try {
      const answer = await ask(`${chat.path}/inline`, { query: this.query, offset, wait: WAIT }, { signal });
      if (turn !== this.turn) return;
      this.pending = { id: answer.query_id, offset };
      if (answer.answered) this.take(answer, offset);
      else if (this.told?.query_id === answer.query_id) this.take(this.told, offset);
      else this.say(words.inlineSilent);
    } catch (error) {
      if (turn === this.turn) this.say(error.message);
    }
  }

  late(answer) {
    // The bot answered after the wait was over; of others the wait itself tells.
    this.told = answer;
    if (this.pending?.id === answer.query_id && this.query !== null) this.take(answer, this.pending.offset);
  }

  take({ query_id: id, results, next_offset: next, button }, offset) {
    this.busy(false);
    this.pending = null;
    this.id = id;
    this.next = next ?? "";
    const shown = results.map((result) => ({ ...result, query: id }));
    this.results = offset ? [...this.results, ...shown] : shown;
    this.element.hidden = false;
    this.note.textContent = this.results.length ? "" : words.noResults;
    this.drawAbove(button);
    this.draw(offset ? this.at : -1);
    if (!offset) this.list.scrollTop = 0;
  }

  say(text) {
    this.busy(false);
    this.element.hidden = false;
    this.results = [];
    this.next = "";
    this.drawAbove(null);
    this.draw(-1);
    this.note.textContent = text;
  }

  drawAbove(button) {
    if (!button) { this.above.replaceChildren(); return; }
    this.above.replaceChildren(press("key", () => this.lead(button), {}, keyLabel(button.text)));
  }

  lead(button) {
    const { chat } = this.composer;
    this.composer.put("", { focus: false });
    if (button.web_app) openMiniApp(chat, button.web_app, button.text);
    else chat.column.openLink(button.start_parameter);
  }

  draw(at) {
    const gallery = this.results.length > 0 && this.results.every((result) => result.type === "photo");
    this.list.classList.toggle("gallery", gallery);
    this.list.hidden = !this.results.length;
    this.list.replaceChildren(...this.results.map((result, place) => this.option(result, place, gallery)));
    this.mark(at);
  }

  option(result, place, gallery) {
    const picture = result.thumbnail ?? result.photo;
    const plate = make("span", { class: "plate", "aria-hidden": "true" }, picture
      ? make("img", { src: picture, alt: "", loading: "lazy", referrerpolicy: "no-referrer" })
      : [...(result.title || "?")][0]);
    plate.style.setProperty("--tint", tint(result.title || result.id));
    const title = result.title || (result.type === "photo" ? words.picture : words.file);
    const about = gallery ? null : make("span", { class: "soft", dir: "auto" }, result.description ?? "");
    const id = `${this.list.id}-${place}`;
    const traits = { id, role: "option", "aria-selected": "false", onclick: () => this.choose(result) };
    const option = make("div", { class: "option", ...traits, "aria-label": gallery ? title : undefined }, plate,
      gallery && !result.title ? null : make("span", { class: "names" }, make("b", { dir: "auto" }, title), about));
    option.addEventListener("pointerdown", (event) => event.preventDefault());
    return option;
  }

  mark(at) {
    this.list.children[this.at]?.setAttribute("aria-selected", "false");
    this.at = at;
    const option = this.list.children[at];
    option?.setAttribute("aria-selected", "true");
    option?.scrollIntoView({ block: "nearest" });
    if (option) this.field.setAttribute("aria-activedescendant", option.id);
    else this.field.removeAttribute("aria-activedescendant");
  }

  pressed(event) {
    // Whether the key was for the results.
    if (!this.isOpen) return false;
    const last = this.results.length - 1;
    if (event.key === "ArrowDown" && last >= 0) this.mark(Math.min(last, this.at + 1));
    else if (event.key === "ArrowUp" && last >= 0) this.mark(Math.max(-1, this.at - 1));
    else if (event.key === "Enter" && this.at >= 0) this.choose(this.results[this.at]);
    else if (event.key === "Escape") this.dismiss();
    else return false;
    event.preventDefault();
    if (this.at >= last - 1) this.more();
    return true;
  }

  scrolled() {
    const { scrollTop, scrollHeight, clientHeight } = this.list;
    if (scrollHeight - clientHeight - scrollTop < 80) this.more();
  }

  more() {
    if (!this.next || this.seen === this.next) return;
    this.seen = this.next;
    this.ask(this.next);
  }

  async choose(result) {
    const { chat } = this.composer;
    try {
      await ask(`${chat.path}/chosen`, { query_id: result.query, result_id: result.id });
      this.composer.put("");
    } catch (error) {
      toast(error.message, chat.element);
    }
  }

  dismiss() {
    // The words stay, the results go until one types on.
    clearTimeout(this.pause);
    this.asking?.abort();
    this.turn += 1;
    this.busy(false);
    this.element.hidden = true;
    this.mark(-1);
  }

  close() {
    this.query = null;
    this.dismiss();
  }
}
