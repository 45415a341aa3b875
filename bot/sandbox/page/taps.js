// Taps on buttons that call back: the button is busy until the bot answers.
import { alertBox, toast } from "./dialogs.js";
import { botLink } from "./entities.js";
import { ask } from "./server.js";
import { words } from "./words.js";

const PATIENCE = 10000;
const waiting = new Map();
const early = new Set();

export async function tap(key, chat, messageId, row, column) {
  if (key.getAttribute("aria-busy") === "true") return;
  key.setAttribute("aria-busy", "true");
  try {
    const { query_id: id } = await ask(`${chat.path}/taps`, { message_id: messageId, row, column });
    const done = () => { waiting.delete(id); clearTimeout(late); key.removeAttribute("aria-busy"); };
    const late = setTimeout(() => { done(); toast(words.silent, chat.element); }, PATIENCE);
    waiting.set(id, done);
    // The answer may overtake the reply to the tap itself.
    if (early.delete(id)) done();
  } catch (error) {
    key.removeAttribute("aria-busy");
    toast(error.message, chat.element);
  }
}

export function answered({ query_id: id, text, alert, url }, column) {
  if (waiting.has(id)) waiting.get(id)();
  else early.add(id);
  if (text && alert) alertBox(text);
  else if (text) toast(text, column.element);
  if (url && botLink(url)) column.openLink(url);
  else if (url) open(url, "_blank", "noopener");
}
