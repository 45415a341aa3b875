// The sandbox's clock: what it says, and moving it forward.
import { moved, now, onClock, setClock, wholeOf } from "./clock.js";
import { toast } from "./dialogs.js";
import { make, press } from "./dom.js";
import { ask } from "./server.js";
import { words } from "./words.js";

const STEPS = [["hour", 3600], ["day", 86400], ["week", 604800]];

export class TimeTools {
  constructor() {
    this.now = make("time", { class: "clock-now", role: "timer", "aria-label": words.clockNow });
    this.state = make("p", { class: "soft" });
    const button = (label, body) => press("tool", () => this.move(body), {}, label);
    const steps = STEPS.map(([name, forward]) => button(words[name], { forward }));
    this.element = make("div", { class: "page" }, this.now, this.state,
      make("div", { class: "grid-3" }, ...steps), button(words.resetClock, { reset: true }),
      make("p", { class: "soft" }, words.clockHint));
    onClock(() => this.draw());
    setInterval(() => { if (this.element.isConnected) this.draw(); }, 1000);
  }

  open() { this.draw(); }

  draw() {
    this.now.textContent = wholeOf(now());
    this.state.textContent = moved() ? words.clockMoved : words.clockReal;
  }

  async move(body) {
    try { setClock(await ask("clock", body)); } catch (error) { toast(error.message); }
  }
}
