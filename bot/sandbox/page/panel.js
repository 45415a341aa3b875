// The drawer beside the chats: what the server did, what shall go wrong, the bot's switches, the clock, groups.
import { BotSwitches } from "./bot-switches.js";
import { make, press, round } from "./dom.js";
import { Faults } from "./faults.js";
import { GroupTools } from "./group-tools.js";
import { Journal } from "./journal.js";
import { TimeTools } from "./time-tools.js";
import { words } from "./words.js";

class Panel extends EventTarget {
  isOpen = false;
  shown = "journal";

  build(desk) {
    this.pages = {
      journal: new Journal(),
      faults: new Faults(),
      bot: new BotSwitches(),
      clock: new TimeTools(),
      group: new GroupTools(desk),
    };
    this.tabs = Object.keys(this.pages).map((name) => press("tab", () => this.choose(name),
      { role: "tab", id: `tab-${name}`, "aria-controls": "panel-page" }, words.tabs[name]));
    this.page = make("div", { class: "panel-page", id: "panel-page", role: "tabpanel" });
    const bar = make("div", { class: "tabs", role: "tablist", "aria-label": words.panel }, ...this.tabs);
    bar.addEventListener("keydown", (event) => this.steer(event));
    const head = make("header", { class: "bar" }, make("h2", { class: "title names" }, words.panel),
      round("close", words.closePanel, () => this.toggle()));
    this.element = document.getElementById("panel");
    this.element.append(head, bar, this.page);
    this.element.addEventListener("keydown", (event) => { if (event.key === "Escape") this.toggle(); });
    desk.addEventListener("change", () => { if (this.isOpen && this.shown === "group") this.pages.group.follow(); });
  }

  toggle() { if (this.isOpen) this.close(); else this.open(this.shown); }

  open(name) {
    this.before ??= document.activeElement;
    this.isOpen = true;
    this.element.hidden = false;
    this.choose(name);
    this.tabs[Object.keys(this.pages).indexOf(name)].focus();
    this.dispatchEvent(new Event("change"));
  }

  close() {
    this.isOpen = false;
    this.element.hidden = true;
    this.before?.focus();
    this.before = null;
    this.dispatchEvent(new Event("change"));
  }

  choose(name) {
    this.shown = name;
    for (const tab of this.tabs) {
      const chosen = tab.id === `tab-${name}`;
      tab.setAttribute("aria-selected", String(chosen));
      tab.tabIndex = chosen ? 0 : -1;
    }
    this.page.setAttribute("aria-labelledby", `tab-${name}`);
    this.page.replaceChildren(this.pages[name].element);
    this.pages[name].open();
  }

  steer(event) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const names = Object.keys(this.pages);
    const at = (names.indexOf(this.shown) + step + names.length) % names.length;
    this.choose(names[at]);
    this.tabs[at].focus();
    event.preventDefault();
  }

  hear(news) {
    if (news.kind === "journal") this.pages.journal.hear(news.body);
    else if (["chat", "person"].includes(news.kind) && this.isOpen && this.shown === "group") this.pages.group.hear(news);
  }
}

export const panel = new Panel();
