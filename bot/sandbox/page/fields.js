// Fields of forms: labelled ones, choices, one of several.
import { make } from "./dom.js";

export function labelled(label, field, ...more) {
  return make("label", {}, label, field, ...more);
}

export function select(options, traits = {}) {
  // `options`: [value, words], in the order in which they are offered.
  return make("select", traits, ...options.map(([value, said, selected]) => make("option", { value, selected }, said)));
}

export function check(label, traits, kind = "") {
  return make("label", { class: `check ${kind}` }, make("input", { type: "checkbox", ...traits }), label);
}

export function segments(name, label, options, chosen) {
  // One of several, side by side; `options`: [value, words].
  return make("div", { class: "segments", role: "radiogroup", "aria-label": label }, ...options.map(([value, said]) =>
    make("label", { class: "segment" },
      make("input", { type: "radio", name, value, checked: value === chosen }), make("span", {}, said))));
}
