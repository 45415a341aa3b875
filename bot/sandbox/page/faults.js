// What shall go wrong: plans for the bot's next requests.
import { toast } from "./dialogs.js";
import { make, press, round, soft } from "./dom.js";
import { labelled, segments, select } from "./fields.js";
import { ask } from "./server.js";
import { words } from "./words.js";

const KINDS = ["too_many", "forbidden", "server_error", "hang", "dropped"];
const METHODS = [
  "sendMessage", "editMessageText", "sendPhoto", "sendDocument", "answerCallbackQuery", "answerInlineQuery", "getUpdates",
];

export class Faults {
  constructor() {
    this.kinds = segments("kind", words.fault, KINDS.map((kind) => [kind, words.faultKinds[kind]]), KINDS[0]);
    const methods = make("datalist", { id: "fault-methods" }, ...METHODS.map((value) => make("option", { value })));
    this.method = make("input", { list: "fault-methods", placeholder: words.anyMethod, autocomplete: "off" });
    this.times = select([1, 3, 10].map((count) => [count, words.times(count)]).concat([["", words.untilCleared]]));
    this.retry = make("input", { type: "number", min: "1", max: "600", value: "3" });
    this.retryLabel = labelled(words.retryAfter, this.retry);
    this.form = make("form", { onsubmit: (event) => this.plan(event) }, this.kinds,
      make("div", { class: "pair" }, labelled(words.method, this.method, methods), labelled(words.howOften, this.times)),
      this.retryLabel, make("button", { class: "tool main", type: "submit" }, words.planFault));
    this.list = make("ul", { class: "plans", "aria-label": words.plans });
    this.clear = press("tool", () => this.act(() => take("faults")), {}, words.clearFaults);
    this.element = make("div", { class: "page" },
      make("p", { class: "soft" }, words.faultsHint), this.form, make("h3", {}, words.plans), this.list, this.clear);
    this.kinds.addEventListener("change", () => this.drawForm());
    this.drawForm();
  }

  get kind() { return new FormData(this.form).get("kind"); }

  drawForm() { this.retryLabel.hidden = this.kind !== "too_many"; }

  async open() {
    const plans = await ask("faults").catch(() => []);
    this.list.replaceChildren(...plans.map((plan) => this.row(plan)));
    if (!plans.length) this.list.append(make("li", { class: "soft none" }, words.noFaults));
    this.clear.hidden = !plans.length;
  }

  row({ number, kind, method, times }) {
    const about = `${method === "*" ? words.anyMethod : method} · ${times ? words.times(times) : words.untilCleared}`;
    return make("li", {}, make("span", { class: "names" }, make("b", {}, words.faultKinds[kind] ?? kind), soft(about)),
      round("close", words.cancelFault, () => this.act(() => take(`faults/${number}`))));
  }

  async act(change) {
    try { await change(); } catch (error) { toast(error.message); }
    await this.open();
  }

  plan(event) {
    event.preventDefault();
    const fault = { kind: this.kind };
    const method = this.method.value.trim();
    if (method) fault.method = method;
    if (this.times.value) fault.times = Number(this.times.value);
    if (fault.kind === "too_many") fault.retry_after = Number(this.retry.value);
    if (fault.kind === "server_error") fault.code = 500;
    return this.act(() => ask("faults", fault));
  }
}

function take(path) { return ask(path, undefined, { method: "DELETE" }); }
