// The buttons under a message, each by what it does.
import { copyText } from "./dialogs.js";
import { make, sign } from "./dom.js";
import { botLink } from "./entities.js";
import { words } from "./words.js";

export function keyboard(message, chat) {
  if (!message.buttons?.length) return null;
  return make("div", { class: "buttons" }, ...message.buttons.map((row, y) =>
    make("div", { class: "button-row" }, ...row.map((spec, x) => button(message, spec, y, x, chat)))));
}

function button(message, spec, row, column, chat) {
  const { actions } = chat;
  const label = make("span", { class: "key-label", dir: "auto" }, spec.text);
  const key = (act, mark, traits = {}) => make("button", { class: `key ${spec.style ?? ""}`, type: "button", "data-place": `${row},${column}`, onclick: act, ...traits },
    label, mark ? sign(mark) : null);
  const address = spec.url ?? spec.login_url?.url;
  if (address) {
    if (botLink(address)) return key(() => actions.open(address), "out");
    return make("a", { class: `key ${spec.style ?? ""}`, "data-place": `${row},${column}`, href: safe(address), target: "_blank", rel: "noopener noreferrer" }, label, sign("out"));
  }
  if (spec.copy_text) return key(() => copyText(spec.copy_text.text, chat.element), "copy", { title: words.copy });
  if (spec.web_app) return key(() => actions.webApp(spec.web_app.url, spec.text), "app");
  if (spec.switch_inline_query !== undefined) return key(() => actions.sendInline(spec.switch_inline_query), "at");
  if (spec.switch_inline_query_chosen_chat) {
    const { query = "", ...allowed } = spec.switch_inline_query_chosen_chat;
    return key(() => actions.sendInline(query, allowed), "at");
  }
  if (spec.switch_inline_query_current_chat !== undefined) return key(() => actions.inlineHere(spec.switch_inline_query_current_chat), "at");
  if (spec.callback_data === undefined) return key(() => {}, null, { disabled: true });
  const tapped = key((event) => actions.tap(event.currentTarget, message.message_id, row, column));
  return tapped;
}

function safe(address) {
  const whole = address.includes("://") ? address : `https://${address}`;
  return /^(https?|tg):/i.test(whole) ? whole : "#";
}
