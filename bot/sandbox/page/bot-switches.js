// What a bot's owner switches in BotFather's chat: inline mode, and word of what was chosen.
import { toast } from "./dialogs.js";
import { make } from "./dom.js";
import { ask } from "./server.js";
import { words } from "./words.js";

export class BotSwitches {
  constructor() {
    this.enabled = this.toggle("enabled", words.inlineMode, words.inlineModeHint);
    this.feedback = this.toggle("feedback", words.inlineFeedback, words.inlineFeedbackHint);
    this.element = make("div", { class: "page" }, this.enabled.row, this.feedback.row);
  }

  toggle(name, label, hint) {
    const button = make("button", { class: "switch", type: "button", role: "switch", "aria-checked": "false", "aria-label": label,
      onclick: () => this.turn(name, button.getAttribute("aria-checked") !== "true") }, make("span", { class: "knob" }));
    return { button, row: make("div", { class: "switch-row" }, make("div", { class: "names" }, make("b", {}, label), make("span", { class: "soft" }, hint)), button) };
  }

  show({ enabled, feedback }) {
    this.enabled.button.setAttribute("aria-checked", String(enabled));
    this.feedback.button.setAttribute("aria-checked", String(feedback));
  }

  async open() {
    try { this.show(await ask("inline")); } catch (error) { toast(error.message); }
  }

  async turn(name, on) {
    const state = { enabled: this.enabled.button.getAttribute("aria-checked") === "true", feedback: this.feedback.button.getAttribute("aria-checked") === "true", [name]: on };
    try { this.show(await ask("inline", state)); } catch (error) { toast(error.message); }
  }
}
