// Making elements, dialogs and toasts.
import { words } from "./words.js";

export function make(tag, traits = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(traits)) {
    if (value === undefined || value === null || value === false) continue;
    if (name === "class") element.className = value;
    else if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
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
  down: "M12 4v13M6 12l6 6 6-6",
};

export function sign(name) {
  const drawn = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  drawn.setAttribute("viewBox", "0 0 24 24");
  drawn.setAttribute("class", "sign");
  drawn.setAttribute("aria-hidden", "true");
  path.setAttribute("d", SIGNS[name]);
  drawn.append(path);
  return drawn;
}

export function face(name) {
  const hue = [...name].reduce((sum, char) => (sum * 31 + char.codePointAt(0)) % 360, 7);
  const letter = [...name.trim()][0] ?? "?";
  const drawn = make("span", { class: "face", "aria-hidden": "true" }, letter.toUpperCase());
  drawn.style.setProperty("--hue", hue);
  return drawn;
}

export function toast(text) {
  const shown = make("div", { class: "toast" }, text);
  document.getElementById("toasts").append(shown);
  setTimeout(() => shown.remove(), 3200);
}

export function dialog(title, content, { wide = false } = {}) {
  const box = make("dialog", { class: wide ? "viewer" : "", "aria-label": title });
  if (title && !wide) box.append(make("h2", {}, title));
  box.append(...content);
  box.addEventListener("close", () => box.remove());
  box.addEventListener("click", (event) => { if (event.target === box) box.close(); });
  document.body.append(box);
  box.showModal();
  return box;
}

export function alertBox(text) {
  const ok = make("button", { class: "tool main", type: "button" }, make("span", {}, words.ok));
  const box = dialog("", [make("p", {}, text), make("div", { class: "dialog-buttons" }, ok)]);
  box.setAttribute("role", "alertdialog");
  box.setAttribute("aria-label", text);
  ok.addEventListener("click", () => box.close());
}

export function form(title, fields, action, submit) {
  const complaint = make("div", { class: "complaint", role: "alert" });
  const cancel = make("button", { class: "tool", type: "button" }, make("span", {}, words.cancel));
  const go = make("button", { class: "tool main", type: "submit" }, make("span", {}, action));
  const body = make("form", {}, ...fields, complaint, make("div", { class: "dialog-buttons" }, cancel, go));
  const box = dialog(title, [body]);
  cancel.addEventListener("click", () => box.close());
  body.addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      await submit(new FormData(body));
      box.close();
    } catch (error) {
      complaint.textContent = error.message;
    }
  });
  return box;
}

export function viewer(photo) {
  const close = make("button", { class: "tool main", type: "button" }, make("span", {}, words.close));
  const whole = make("a", { class: "tool", href: photo.url, download: "" }, make("span", {}, words.original));
  const picture = make("img", { src: photo.url, alt: words.picture, width: photo.width, height: photo.height });
  const box = dialog(words.picture, [picture, make("div", { class: "dialog-buttons" }, whole, close)], { wide: true });
  close.addEventListener("click", () => box.close());
}

export async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Without https a page may not use the clipboard; a selected field still can.
    const field = make("textarea", { class: "hidden" });
    field.value = text;
    document.body.append(field);
    field.select();
    document.execCommand("copy");
    field.remove();
  }
  toast(words.copied);
}
