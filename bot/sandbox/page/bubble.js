// One message: picture or file, words, time, and the buttons below it.
import { copyText, make, sign, viewer } from "./dom.js";
import { formatted, startPayload } from "./entities.js";
import { sizeOf, timeOf, words } from "./words.js";

function button(message, spec, row, column, actions) {
  const label = make("span", {}, spec.text);
  if (spec.url) {
    if (startPayload(spec.url) !== null) {
      return make("button", { class: "key", type: "button", onclick: () => actions.open(spec.url) }, label, sign("out"));
    }
    return make("a", { class: "key", href: spec.url, target: "_blank", rel: "noopener noreferrer" }, label, sign("out"));
  }
  if (spec.copy_text) {
    const copy = () => copyText(spec.copy_text.text);
    return make("button", { class: "key", type: "button", onclick: copy, title: words.copy }, label, sign("copy"));
  }
  const key = make("button", { class: "key", type: "button" }, label);
  key.addEventListener("click", () => actions.tap(key, message.message_id, row, column));
  return key;
}

export function bubble(message, actions) {
  const parts = [];
  if (message.photo) {
    const { url, width, height } = message.photo;
    const picture = make("img", { src: url, alt: words.picture, width, height });
    picture.style.aspectRatio = `${width} / ${height}`;
    parts.push(make("button", { class: "photo", type: "button", onclick: () => viewer(message.photo) }, picture));
  }
  if (message.document) {
    const names = make("span", { class: "names" }, make("b", {}, message.document.name),
      make("span", { class: "soft" }, `${sizeOf(message.document.size)} · ${words.download}`));
    const mark = make("span", { class: "face" }, sign("down"));
    parts.push(make("a", { class: "file", href: message.document.url, download: message.document.name }, mark, names));
  }
  const notes = [message.edited ? words.edited : "", timeOf(message.date)].filter(Boolean).join(" ");
  const stamp = make("span", { class: "stamp" }, notes);
  const said = formatted(message.text, message.entities, actions);
  const forwarded = message.forwarded ? make("div", { class: "soft" }, words.forwarded) : null;
  parts.push(make("div", { class: "words", dir: "auto" }, forwarded, ...said, stamp));
  const kind = ["message", message.from_bot ? "" : "mine", message.photo ? "pictured" : ""].filter(Boolean).join(" ");
  const drawn = make("article", { class: kind, "data-id": message.message_id },
    make("div", { class: "bubble" }, ...parts));
  if (message.buttons.length) {
    drawn.append(make("div", { class: "buttons" }, ...message.buttons.map((row, y) =>
      make("div", { class: "button-row" }, ...row.map((spec, x) => button(message, spec, y, x, actions))))));
  }
  return drawn;
}
