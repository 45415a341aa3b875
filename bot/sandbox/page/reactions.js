// Reactions under a message, and the small picker for one's own.
import { toast } from "./dialogs.js";
import { make, press } from "./dom.js";
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
  return make("div", { class: "reactions" }, ...message.reactions.map(({ emoji, count, mine }) => {
    const traits = { "aria-pressed": String(Boolean(mine)), "aria-label": words.reactionOf(emoji, count) };
    const act = () => react(message, mine ? "" : emoji, chat);
    return press("reaction", act, traits, make("span", { class: "emoji" }, emoji), make("span", {}, String(count)));
  }));
}

export function pickReaction(anchor, message, chat) {
  const mine = message.reactions?.find((reaction) => reaction.mine)?.emoji;
  const entries = OFFERED.map((emoji) => {
    const traits = { "aria-label": emoji, role: "menuitemradio", "aria-checked": String(emoji === mine) };
    return [emoji, () => react(message, emoji === mine ? "" : emoji, chat), traits];
  });
  openMenu(anchor, entries, { host: chat.element, kind: "emoji" });
}
