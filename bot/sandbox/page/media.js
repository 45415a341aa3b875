// What a message carries besides words: pictures, albums, files, dice.
import { sizeOf } from "./clock.js";
import { viewer } from "./dialogs.js";
import { make, sign } from "./dom.js";
import { words } from "./words.js";

const PIPS = ["⚀", "⚁", "⚂", "⚃", "⚄", "⚅"];

export function photo(shown, { cropped = false } = {}) {
  const { url, width, height } = shown;
  const picture = make("img", { src: url, alt: words.picture, width, height });
  if (!cropped) picture.style.aspectRatio = `${width} / ${height}`;
  return make("button", { class: "photo", type: "button", onclick: () => viewer(shown) }, picture);
}

export function album(messages) {
  const photos = messages.filter((message) => message.photo);
  if (!photos.length) return null;
  return make("div", { class: `album of-${Math.min(photos.length, 4)}` }, ...photos.map((message) => photo(message.photo, { cropped: true })));
}

export function document_({ url, name, size }) {
  return make("a", { class: "file", href: url, download: name }, make("span", { class: "file-sign" }, sign("down")),
    make("span", { class: "file-words" }, make("b", {}, make("bdi", {}, name)), make("span", { class: "soft" }, `${sizeOf(size)} · ${words.download}`)));
}

export function dice({ emoji, value }) {
  const face = emoji === "🎲" ? PIPS[value - 1] ?? emoji : emoji;
  return make("div", { class: "dice", role: "img", "aria-label": words.dice(emoji, value) }, make("span", { class: "dice-face" }, face), make("span", { class: "dice-value" }, String(value)));
}
