// Reactions under a message, and the small picker for one's own.
import { toast } from "./dialogs.js";
import { make } from "./dom.js";
import { openMenu } from "./menu.js";
import { ask } from "./server.js";
import { words } from "./words.js";

const OFFERED = ["👍", "❤", "🔥", "🎉", "👏", "😁", "🤔", "👀", "😢", "👎"];

async function react(message, emoji, chat) {
  try {
    await ask(`${chat.path}/reactions`, { message_id: message.message_id, emoji });
  } catch (error) {
    toast(error.message, chat.element);
  }
}

export function reactions(message, chat) {
  if (!message.reactions?.length) return null;
  return make("div", { class: "reactions" }, ...message.reactions.map(({ emoji, count, mine }) =>
    make("button", { class: "reaction", type: "button", "aria-pressed": String(Boolean(mine)), "aria-label": words.reactionOf(emoji, count),
      onclick: () => react(message, mine ? "" : emoji, chat) }, make("span", { class: "emoji" }, emoji), make("span", {}, String(count)))));
}

export function pickReaction(anchor, message, chat) {
  const mine = message.reactions?.find((reaction) => reaction.mine)?.emoji;
  openMenu(anchor, OFFERED.map((emoji) => [emoji, () => react(message, emoji === mine ? "" : emoji, chat),
    { "aria-label": emoji, role: "menuitemradio", "aria-checked": String(emoji === mine) }]), { host: chat.element, kind: "emoji" });
}
