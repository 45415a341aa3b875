// Making elements: tags, signs, faces, names.

export function make(tag, traits = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(traits)) {
    if (value === undefined || value === null || value === false) continue;
    if (name === "class") element.className = value;
    else if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

const SIGNS = {
  plus: "M12 5v14M5 12h14",
  split: "M4 5h16v14H4zM12 5v14",
  bag: "M5 8h14l-1 12H6zM9 8a3 3 0 0 1 6 0",
  copy: "M9 9h10v11H9zM5 15V4h10",
  out: "M7 17 17 7M9 7h8v8",
  send: "M4 12 20 4l-5 16-4-7zM11 13l9-9",
  more: "M12 5v.01M12 12v.01M12 19v.01",
  dots: "M5 12h.01M12 12h.01M19 12h.01",
  down: "M12 4v13M6 12l6 6 6-6",
  fold: "M6 9l6 6 6-6",
  back: "M15 5l-7 7 7 7",
  close: "M6 6l12 12M18 6 6 18",
  clip: "M8 12.5 14.5 6a3.2 3.2 0 0 1 4.5 4.5L10.5 19a5 5 0 0 1-7-7L11 4.5",
  reply: "M10 6 4 12l6 6M4 12h9a7 7 0 0 1 7 7",
  pin: "M9 4h6l-1 6 3 3H7l3-3zM12 13v7",
  smile: "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17zM9 9.5v.01M15 9.5v.01M8.5 14a4.4 4.4 0 0 0 7 0",
  keys: "M3.5 6.5h17v11h-17zM7 10v.01M11 10v.01M15 10v.01M8 14h8",
  sun: "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2"
    + "M5.3 5.3l1.4 1.4M17.3 17.3l1.4 1.4M5.3 18.7l1.4-1.4M17.3 6.7l1.4-1.4",
  moon: "M19.5 14.5A8 8 0 0 1 9.5 4.5a8 8 0 1 0 10 10z",
  tools: "M4 7h9M17 7h3M4 17h3M11 17h9M15 4.5v5M9 14.5v5",
  compose: "M5 19h14M7 15l1-4 8-8 3 3-8 8z",
  group: "M9 11a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM3.5 19a5.5 5.5 0 0 1 11 0M16 5.5a3 3 0 0 1 0 5.5M17 14a5.5 5.5 0 0 1 3.5 5",
  horn: "M4 10v4h3l9 5V5l-9 5zM19 9.5a3.5 3.5 0 0 1 0 5",
  robot: "M6 9h12v9H6zM12 5v4M9.5 13v.01M14.5 13v.01M3.5 12v3M20.5 12v3",
  app: "M4 5h16v14H4zM4 9h16",
  at: "M12 8.5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7zM15.5 8.5v5a2.2 2.2 0 0 0 4.5 0V12a8 8 0 1 0-3.2 6.4",
  user: "M12 11.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM5 20a7 7 0 0 1 14 0",
  trash: "M5 7h14M9 7V4h6v3M7 7l1 13h8l1-13",
  check: "M5 12.5l4.5 4.5L19 7.5",
  find: "M10.5 4.5a6 6 0 1 0 0 12 6 6 0 0 0 0-12zM15 15l5 5",
};

export function sign(name) {
  const drawn = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  drawn.setAttribute("viewBox", "0 0 24 24");
  drawn.setAttribute("class", ["more", "dots"].includes(name) ? "sign heavy" : "sign");
  drawn.setAttribute("aria-hidden", "true");
  path.setAttribute("d", SIGNS[name]);
  drawn.append(path);
  return drawn;
}

export function press(kind, act, traits, ...children) {
  // A button by its class and what it does.
  return make("button", { class: kind, type: "button", onclick: act, ...traits }, ...children);
}

export function round(name, label, act, traits = {}) {
  // A button that is only a sign: its label is read aloud and shown when pointed at.
  return press("", act, { "aria-label": label, title: label, ...traits, class: `round ${traits.class ?? ""}` }, sign(name));
}

export function soft(text) {
  return make("span", { class: "soft" }, text);
}

export function count(number, label) {
  // How much is unread; nothing where nothing is.
  return number ? make("span", { class: "unread", "aria-label": label }, number > 99 ? "99+" : String(number)) : null;
}

const TINTS = ["#b4432f", "#a3560f", "#4d7a1f", "#14785f", "#1b6fa3", "#4a5fc1", "#8a4fb0", "#b03a78"];
// Each carries white letters at 4.5:1.

export function tint(seed) {
  return TINTS[[...String(seed)].reduce((sum, char) => (sum * 31 + char.codePointAt(0)) % 9973, 7) % TINTS.length];
}

export function face(name, { seed = name, kind = "private" } = {}) {
  const letter = [...name.trim()][0] ?? "?";
  const inside = kind === "bot" ? sign("robot") : letter.toUpperCase();
  const drawn = make("span", { class: `face ${kind}`, "aria-hidden": "true" }, inside);
  drawn.style.setProperty("--tint", tint(seed));
  return drawn;
}

export function arrange(parent, wanted) {
  // Let `parent` have these children in this order. What stays is not moved: it would lose its place and its focus.
  const kept = new Set(wanted);
  for (const old of [...parent.children]) if (!kept.has(old)) old.remove();
  wanted.forEach((node, at) => {
    if (parent.children[at] !== node) parent.insertBefore(node, parent.children[at] ?? null);
  });
}

export function named(name, traits = {}) {
  // Names may be written from right to left: what stands beside them stays in place.
  return make("bdi", traits, name);
}
