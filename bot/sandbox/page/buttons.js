// The buttons under a message, each by what it does.
import { copyText } from "./dialogs.js";
import { make, press, sign } from "./dom.js";
import { botLink } from "./entities.js";
import { words } from "./words.js";

export function keyboard(message, chat) {
  if (!message.buttons?.length) return null;
  return make("div", { class: "buttons" }, ...message.buttons.map((row, y) =>
    make("div", { class: "button-row" }, ...row.map((spec, x) => button(message, spec, y, x, chat)))));
}

export function keyLabel(text) {
  return make("span", { class: "key-label", dir: "auto" }, text);
}

function button(message, spec, row, column, chat) {
  const { actions } = chat;
  const kind = `key ${spec.style ?? ""}`;
  const place = { "data-place": `${row},${column}` };
  const key = (mark, act, traits = {}) => press(kind, act, { ...place, ...traits }, keyLabel(spec.text), mark && sign(mark));
  const address = spec.url ?? spec.login_url?.url;
  if (address && botLink(address)) return key("out", () => actions.open(address));
  if (address) {
    const out = { class: kind, ...place, href: safe(address), target: "_blank", rel: "noopener noreferrer" };
    return make("a", out, keyLabel(spec.text), sign("out"));
  }
  if (spec.copy_text) return key("copy", () => copyText(spec.copy_text.text, chat.element), { title: words.copy });
  if (spec.web_app) return key("app", () => actions.webApp(spec.web_app.url, spec.text));
  if (spec.switch_inline_query !== undefined) return key("at", () => actions.sendInline(spec.switch_inline_query));
  if (spec.switch_inline_query_chosen_chat) {
    const { query = "", ...allowed } = spec.switch_inline_query_chosen_chat;
    return key("at", () => actions.sendInline(query, allowed));
  }
  if (spec.switch_inline_query_current_chat !== undefined) {
    return key("at", () => actions.inlineHere(spec.switch_inline_query_current_chat));
  }
  if (spec.callback_data === undefined) return key(null, () => {}, { disabled: true });
  return key(null, (event) => actions.tap(event.currentTarget, message.message_id, row, column));
}

function safe(address) {
  const whole = address.includes("://") ? address : `https://${address}`;
  return /^(https?|tg):/i.test(whole) ? whole : "#";
}
