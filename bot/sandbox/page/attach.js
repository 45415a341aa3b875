// Sending a picture or a file: a look at it, a caption, and as what it goes.
import { base64 } from "./server.js";
import { sizeOf } from "./clock.js";
import { dialog, plain } from "./dialogs.js";
import { make, named, sign } from "./dom.js";
import { words } from "./words.js";

export function attach(chat, file, caption, answering) {
  // Resolves to whether something was sent.
  const isPicture = /^image\/(jpeg|png|gif|webp)$/.test(file.type);
  const shown = isPicture ? URL.createObjectURL(file) : null;
  return new Promise((resolve) => {
    let sent = false;
    const words_ = make("input", { name: "caption", value: caption, maxlength: "1024", autocomplete: "off", "aria-label": words.caption, placeholder: words.caption });
    const complaint = make("div", { class: "complaint", role: "alert" });
    const send = async (as) => {
      buttons.forEach((button) => { button.disabled = true; });
      const body = { name: file.name || "picture.png", content: await base64(file), as, caption: words_.value.trim(), ...chat.topics.field, ...answering };
      sent = Boolean(await chat.act("files", body));
      if (sent) box.close();
      buttons.forEach((button) => { button.disabled = false; });
    };
    const buttons = [
      ...(isPicture ? [plain(words.asPhoto, () => send("photo"), "main")] : []),
      plain(words.asFile, () => send("document"), isPicture ? "" : "main"),
    ];
    const look = isPicture ? make("img", { class: "look", src: shown, alt: words.picture })
      : make("div", { class: "file" }, make("span", { class: "file-sign" }, sign("clip")), make("span", { class: "file-words" }, make("b", {}, named(file.name)), make("span", { class: "soft" }, sizeOf(file.size))));
    const box = dialog(words.attach, [look, words_, complaint, make("div", { class: "dialog-buttons" }, plain(words.cancel, () => box.close()), ...buttons.reverse())], { kind: "attach" });
    box.addEventListener("close", () => { if (shown) URL.revokeObjectURL(shown); resolve(sent); });
    words_.addEventListener("keydown", (event) => { if (event.key === "Enter" && !event.isComposing) send(isPicture ? "photo" : "document"); });
    words_.focus();
  });
}
