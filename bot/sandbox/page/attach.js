// Sending a picture or a file: a look at it, a caption, and as what it goes.
import { choices, dialog, plain } from "./dialogs.js";
import { make } from "./dom.js";
import { fileLine } from "./media.js";
import { base64 } from "./server.js";
import { words } from "./words.js";

export function attach(chat, file, said, answering) {
  // Resolves to whether something was sent.
  const isPicture = /^image\/(jpeg|png|gif|webp)$/.test(file.type);
  const shown = isPicture ? URL.createObjectURL(file) : null;
  const caption = make("input", {
    value: said, maxlength: "1024", autocomplete: "off", "aria-label": words.caption, placeholder: words.caption,
  });
  const look = isPicture
    ? make("img", { class: "look", src: shown, alt: words.picture })
    : make("div", { class: "file" }, ...fileLine("clip", file.name, file.size));
  return new Promise((resolve) => {
    let sent = false;
    const send = async (as) => {
      for (const button of buttons) button.disabled = true;
      const content = await base64(file);
      const body = { name: file.name || "picture.png", content, as, caption: caption.value.trim() };
      sent = Boolean(await chat.act("files", { ...body, ...chat.topics.field, ...answering }));
      if (sent) box.close();
      for (const button of buttons) button.disabled = false;
    };
    const buttons = [plain(words.asFile, () => send("document"), isPicture ? "" : "main")];
    if (isPicture) buttons.push(plain(words.asPhoto, () => send("photo"), "main"));
    const box = dialog(words.attach, [look, caption, choices(plain(words.cancel, () => box.close()), ...buttons)], { kind: "attach" });
    box.addEventListener("close", () => {
      if (shown) URL.revokeObjectURL(shown);
      resolve(sent);
    });
    caption.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.isComposing) buttons.at(-1).click();
    });
    caption.focus();
  });
}
