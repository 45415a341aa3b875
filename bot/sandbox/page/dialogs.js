// Dialogs, alerts, forms, toasts and the large view of a picture.
import { make, press } from "./dom.js";
import { words } from "./words.js";

export function toast(text, near = null) {
  const place = near?.closest(".column")?.querySelector(":scope > .toasts") ?? document.getElementById("toasts");
  const shown = make("div", { class: "toast" }, text);
  place.append(shown);
  setTimeout(() => shown.remove(), 3600);
}

export function dialog(title, content, { kind = "" } = {}) {
  const box = make("dialog", { class: kind, "aria-label": title || undefined });
  if (title && kind !== "viewer" && kind !== "sheet") box.append(make("h2", {}, title));
  box.append(...content);
  box.addEventListener("close", () => box.remove());
  box.addEventListener("click", (event) => { if (event.target === box) box.close(); });
  document.body.append(box);
  box.showModal();
  return box;
}

export function plain(label, act, kind = "") {
  return press(`tool ${kind}`, act, {}, make("span", { class: "label" }, label));
}

export function choices(...buttons) {
  return make("div", { class: "dialog-buttons" }, ...buttons);
}

export function alertBox(text) {
  const box = dialog("", [make("p", {}, text), choices(plain(words.ok, () => box.close(), "main"))]);
  box.setAttribute("role", "alertdialog");
  box.setAttribute("aria-label", text);
}

export function form(title, fields, action, submit) {
  const complaint = make("div", { class: "complaint", role: "alert" });
  const go = make("button", { class: "tool main", type: "submit" }, make("span", { class: "label" }, action));
  const body = make("form", {}, ...fields, complaint, choices(plain(words.cancel, () => box.close()), go));
  const box = dialog(title, [body]);
  body.addEventListener("submit", async (event) => {
    event.preventDefault();
    go.disabled = true;
    try {
      await submit(new FormData(body));
      box.close();
    } catch (error) {
      complaint.textContent = error.message;
    } finally {
      go.disabled = false;
    }
  });
  return box;
}

export function viewer(photo) {
  const whole = make("a", { class: "tool", href: photo.url, download: "" }, make("span", {}, words.original));
  const picture = make("img", { src: photo.url, alt: words.picture, width: photo.width, height: photo.height });
  const close = plain(words.close, () => box.close(), "main");
  const box = dialog(words.picture, [picture, choices(whole, close)], { kind: "viewer" });
}

export async function copyText(text, near) {
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
  toast(words.copied, near);
}
