// "To which chat?": a dialog that answers with one of a person's chats, or null.
import { book } from "./book.js";
import { dialog, plain } from "./dialogs.js";
import { face, make, named } from "./dom.js";
import { words } from "./words.js";

const RIGHTS = { bot: "allow_bot_chats", private: "allow_user_chats", group: "allow_group_chats", supergroup: "allow_group_chats", channel: "allow_channel_chats" };

export function pickChat(person, { title, allowed = null }) {
  // `allowed`: the Bot API's allow_…_chats; null allows every kind.
  const choices = book.reachable(person.id).filter((entry) => !allowed || allowed[RIGHTS[entry.type]]);
  return new Promise((resolve) => {
    let chosen = null;
    const list = make("div", { class: "choices" });
    const find = make("input", { type: "search", class: "find", placeholder: words.find, "aria-label": words.find });
    const box = dialog(title, [find, list, make("div", { class: "dialog-buttons" }, plain(words.cancel, () => box.close()))], { kind: "picker" });
    const draw = () => {
      const sought = find.value.trim().toLowerCase();
      const shown = choices.filter((entry) => entry.title.toLowerCase().includes(sought));
      list.replaceChildren(...shown.map((entry) => make("button", { class: "choice", type: "button", onclick: () => { chosen = entry; box.close(); } },
        face(entry.title, { seed: entry.key === "bot" ? "bot" : entry.key, kind: entry.type }),
        make("span", { class: "names" }, named(entry.title, { class: "title" }), make("span", { class: "soft" }, words.kinds[entry.type])))));
      if (!shown.length) list.append(make("p", { class: "soft none" }, words.nothing));
    };
    find.addEventListener("input", draw);
    box.addEventListener("close", () => resolve(chosen));
    draw();
  });
}
