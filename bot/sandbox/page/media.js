// What a message carries besides words: pictures, albums, files, dice.
import { sizeOf } from "./clock.js";
import { viewer } from "./dialogs.js";
import { make, named, press, sign, soft } from "./dom.js";
import { words } from "./words.js";

const PIPS = ["⚀", "⚁", "⚂", "⚃", "⚄", "⚅"];

export function photo(shown, { cropped = false } = {}) {
  const { url, width, height } = shown;
  const picture = make("img", { src: url, alt: words.picture, width, height });
  if (!cropped) picture.style.aspectRatio = `${width} / ${height}`;
  return press("photo", () => viewer(shown), {}, picture);
}

export function album(messages) {
  const photos = messages.filter((message) => message.photo);
  if (!photos.length) return null;
  const pictures = photos.map((message) => photo(message.photo, { cropped: true }));
  return make("div", { class: `album of-${Math.min(photos.length, 4)}` }, ...pictures);
}

export function fileLine(mark, name, size, more = "") {
  return [
    make("span", { class: "file-sign" }, sign(mark)),
    make("span", { class: "file-words" }, make("b", {}, named(name)), soft(`${sizeOf(size)}${more}`)),
  ];
}

export function attached({ url, name, size }) {
  return make("a", { class: "file", href: url, download: name }, ...fileLine("down", name, size, ` · ${words.download}`));
}

export function dice({ emoji, value }) {
  const face = emoji === "🎲" ? PIPS[value - 1] ?? emoji : emoji;
  return make("div", { class: "dice", role: "img", "aria-label": words.dice(emoji, value) },
    make("span", { class: "dice-face" }, face), make("span", { class: "dice-value" }, String(value)));
}
