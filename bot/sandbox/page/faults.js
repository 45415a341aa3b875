// What shall go wrong: plans for the bot's next requests.
import { toast } from "./dialogs.js";
import { make, round } from "./dom.js";
import { ask } from "./server.js";
import { words } from "./words.js";

const KINDS = ["too_many", "forbidden", "server_error", "hang", "dropped"];
const METHODS = ["*", "sendMessage", "editMessageText", "sendPhoto", "sendDocument", "answerCallbackQuery", "answerInlineQuery", "getUpdates"];

export class Faults {
  constructor() {
    this.kinds = make("div", { class: "segments column-wise", role: "radiogroup", "aria-label": words.fault }, ...KINDS.map((kind) =>
      make("label", { class: "segment" }, make("input", { type: "radio", name: "kind", value: kind, checked: kind === "too_many" }), make("span", {}, words.faultKinds[kind]))));
    const methods = make("datalist", { id: "fault-methods" }, ...METHODS.map((value) => make("option", { value })));
    this.method = make("input", { name: "method", list: "fault-methods", placeholder: words.anyMethod, autocomplete: "off" });
    this.times = make("select", { name: "times" }, ...[["1", words.once], ["3", words.times(3)], ["10", words.times(10)], ["", words.untilCleared]].map(([value, said]) => make("option", { value }, said)));
    this.retry = make("input", { name: "retry_after", type: "number", min: "1", max: "600", value: "3" });
    this.retryLabel = make("label", {}, words.retryAfter, this.retry);
    this.form = make("form", { onsubmit: (event) => { event.preventDefault(); this.plan(); } }, this.kinds,
      make("div", { class: "pair" }, make("label", {}, words.method, this.method, methods), make("label", {}, words.howOften, this.times)), this.retryLabel,
      make("button", { class: "tool main", type: "submit" }, words.planFault));
    this.list = make("ul", { class: "plans", "aria-label": words.plans });
    this.clear = make("button", { class: "tool", type: "button", onclick: () => this.act(() => ask("faults", undefined, { method: "DELETE" })) }, words.clearFaults);
    this.element = make("div", { class: "page" }, make("p", { class: "soft" }, words.faultsHint), this.form, make("h3", {}, words.plans), this.list, this.clear);
    this.kinds.addEventListener("change", () => this.drawForm());
    this.drawForm();
  }

  drawForm() { this.retryLabel.hidden = new FormData(this.form).get("kind") !== "too_many"; }

  async open() {
    const plans = await ask("faults").catch(() => []);
    this.list.replaceChildren(...plans.map((plan) => make("li", {},
      make("span", { class: "names" }, make("b", {}, words.faultKinds[plan.kind] ?? plan.kind), make("span", { class: "soft" },
        `${plan.method === "*" ? words.anyMethod : plan.method} · ${plan.times ? words.times(plan.times) : words.untilCleared}`)),
      round("close", words.cancelFault, () => this.act(() => ask(`faults/${plan.number}`, undefined, { method: "DELETE" }))))));
    if (!plans.length) this.list.append(make("li", { class: "soft none" }, words.noFaults));
    this.clear.hidden = !plans.length;
  }

  async act(change) {
    try { await change(); } catch (error) { toast(error.message); }
    await this.open();
  }

  plan() {
    const kind = new FormData(this.form).get("kind");
    const fault = { kind, ...(this.method.value.trim() ? { method: this.method.value.trim() } : {}), ...(this.times.value ? { times: Number(this.times.value) } : {}),
      ...(kind === "too_many" ? { retry_after: Number(this.retry.value) } : {}), ...(kind === "server_error" ? { code: 500 } : {}) };
    return this.act(() => ask("faults", fault));
  }
}
