// What a bot's owner switches in BotFather's chat: inline mode, and word of what was chosen.
import { toast } from "./dialogs.js";
import { make, press, soft } from "./dom.js";
import { ask } from "./server.js";
import { words } from "./words.js";

export class BotSwitches {
  constructor() {
    this.switches = {
      enabled: this.toggle("enabled", words.inlineMode),
      feedback: this.toggle("feedback", words.inlineFeedback),
    };
    this.element = make("div", { class: "page" },
      this.row(this.switches.enabled, words.inlineMode, words.inlineModeHint),
      this.row(this.switches.feedback, words.inlineFeedback, words.inlineFeedbackHint));
  }

  toggle(name, label) {
    const turn = () => this.turn(name, button.getAttribute("aria-checked") !== "true");
    const traits = { role: "switch", "aria-checked": "false", "aria-label": label };
    const button = press("switch", turn, traits, make("span", { class: "knob" }));
    return button;
  }

  row(button, label, hint) {
    return make("div", { class: "switch-row" }, make("div", { class: "names" }, make("b", {}, label), soft(hint)), button);
  }

  open() { return this.act(() => ask("inline")); }
  turn(name, on) { return this.act(() => ask("inline", { [name]: on })); }

  async act(change) {
    try {
      const state = await change();
      for (const [name, button] of Object.entries(this.switches)) button.setAttribute("aria-checked", String(state[name]));
    } catch (error) {
      toast(error.message);
    }
  }
}
