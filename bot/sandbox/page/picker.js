// "To which chat?": a dialog that answers with one of a person's chats, or null.
import { book } from "./book.js";
import { searchField } from "./chat-list.js";
import { choices, dialog, plain } from "./dialogs.js";
import { face, make, named, press, soft } from "./dom.js";
import { words } from "./words.js";

const RIGHTS = {
  bot: "allow_bot_chats",
  private: "allow_user_chats",
  group: "allow_group_chats",
  supergroup: "allow_group_chats",
  channel: "allow_channel_chats",
};

export function pickChat(person, { title, allowed = null }) {
  // `allowed`: the Bot API's allow_…_chats; null allows every kind.
  const offered = book.reachable(person.id).filter((entry) => !allowed || allowed[RIGHTS[entry.type]]);
  return new Promise((resolve) => {
    let chosen = null;
    const list = make("div", { class: "choices" });
    const find = searchField(() => draw());
    const box = dialog(title, [find, list, choices(plain(words.cancel, () => box.close()))], { kind: "picker" });
    const take = (entry) => { chosen = entry; box.close(); };
    const draw = () => {
      const sought = find.value.trim().toLowerCase();
      const shown = offered.filter((entry) => entry.title.toLowerCase().includes(sought));
      list.replaceChildren(...shown.map((entry) => row(entry, take)));
      if (!shown.length) list.append(make("p", { class: "soft none" }, words.nothing));
    };
    box.addEventListener("close", () => resolve(chosen));
    draw();
  });
}

function row(entry, take) {
  const { key, title, type } = entry;
  return press("choice", () => take(entry), {}, face(title, { seed: key, kind: type }),
    make("span", { class: "names" }, named(title, { class: "title" }), soft(words.kinds[type])));
}
