// One message or album: who wrote it, pictures and files, words, time, reactions, the buttons below.
import { isOwn } from "./book.js";
import { keyboard } from "./buttons.js";
import { timeOf, wholeOf } from "./clock.js";
import { choices, copyText, dialog, plain } from "./dialogs.js";
import { face, make, named, press, round, sign, tint } from "./dom.js";
import { formatted } from "./entities.js";
import { album, attached, dice, photo } from "./media.js";
import { openMenu } from "./menu.js";
import { pickReaction, reactions } from "./reactions.js";
import { settings, words } from "./words.js";

const byFinger = matchMedia("(hover: none)");

export function bubble(messages, chat) {
  const [message] = messages;
  const spoken = messages.find((one) => one.text) ?? message;
  const mine = isOwn(message, chat.person) && chat.type !== "channel";
  const isNamed = !mine && ["group", "supergroup"].includes(chat.type);
  const parts = [
    isNamed ? sender(message) : null,
    message.forwarded ? make("div", { class: "note" }, words.forwarded) : null,
    message.via_bot ? via(chat) : null,
    message.reply_to ? quote(message, chat) : null,
    messages.length > 1 ? album(messages) : message.photo ? photo(message.photo) : null,
    ...messages.filter((one) => one.document).map((one) => attached(one.document)),
    message.dice ? dice(message.dice) : null,
    body(spoken, message, mine, chat),
    reactions(message, chat),
  ];
  const kinds = { mine, "with-face": isNamed, pictured: message.photo, bare: !spoken.text };
  const whose = mine ? words.you : message.from?.name ?? chat.title;
  const drawn = make("article", {
    class: ["message", ...Object.keys(kinds).filter((kind) => kinds[kind])].join(" "),
    "data-id": message.message_id,
    "data-ids": messages.map((one) => one.message_id).join(" "),
    "aria-label": `${whose}, ${timeOf(message.date)}`,
  },
  isNamed ? face(whose, { seed: message.from?.id ?? whose, kind: message.from?.is_bot ? "bot" : "private" }) : null,
  make("div", { class: "stack" },
    make("div", { class: "bubble-row" }, make("div", { class: "bubble" }, ...parts), handle(message, spoken, chat)),
    keyboard(message, chat)));
  const open = (event) => {
    if (event.target.closest("a, button") || getSelection().toString()) return;
    event.preventDefault();
    actions(drawn.querySelector(".handle"), message, spoken, chat);
  };
  drawn.addEventListener("contextmenu", open);
  drawn.querySelector(".bubble").addEventListener("click", (event) => { if (byFinger.matches) open(event); });
  return drawn;
}

function sender(message) {
  const name = message.from?.name ?? settings.bot;
  const isBot = message.from?.is_bot;
  const drawn = make("div", { class: isBot ? "sender of-bot" : "sender" },
    named(name), isBot ? make("span", { class: "tag" }, words.bot) : null);
  drawn.style.setProperty("--tint", tint(message.from?.id ?? name));
  return drawn;
}

function via(chat) {
  const name = `@${settings.bot}`;
  return make("div", { class: "note" }, words.via, press("command", () => chat.composer.put(`${name} `), {}, name));
}

function quote(message, chat) {
  const original = chat.stream.messages.get(message.reply_to);
  const who = !original ? "" : isOwn(original, chat.person) ? words.you : original.from?.name ?? chat.title;
  return press("quote", () => chat.stream.reveal(message.reply_to), {}, make("b", {}, named(who || words.reply)),
    make("span", { dir: "auto" }, original ? brief(original) : words.gone));
}

export function brief(message) {
  const said = message.text.split("\n")[0].slice(0, 160);
  return said || (message.photo && words.picture) || message.document?.name || message.dice?.emoji || "…";
}

function body(spoken, message, mine, chat) {
  const stamp = make("span", { class: "stamp", title: wholeOf(message.date) },
    message.pinned ? sign("pin") : null,
    message.silent ? make("span", { role: "img", "aria-label": words.silently, title: words.silently }, "🔕") : null,
    [spoken.edited ? words.edited : "", timeOf(message.date)].filter(Boolean).join(" "),
    mine ? make("span", { class: "tick", role: "img", "aria-label": words.sent }, "✓") : null);
  return make("div", { class: "words", dir: "auto" }, ...formatted(spoken.text, spoken.entities ?? [], chat.actions), stamp);
}

function handle(message, spoken, chat) {
  const open = (event) => actions(event.currentTarget, message, spoken, chat);
  return round("dots", words.actions, open, { class: "handle", "aria-haspopup": "menu" });
}

function actions(button, message, spoken, chat) {
  const own = isOwn(message, chat.person);
  const entry = (name, label, act) => [[sign(name), label], act];
  const entries = [
    chat.canWrite ? entry("reply", words.reply, () => chat.composer.replyTo(message)) : null,
    entry("smile", words.react, () => pickReaction(button, message, chat)),
    spoken.text ? entry("copy", words.copy, () => copyText(spoken.text, chat.element)) : null,
    own && spoken.text && !message.via_bot ? entry("compose", words.edit, () => chat.composer.edit(spoken)) : null,
    own ? entry("trash", words.delete, () => remove(message, chat)) : null,
  ];
  openMenu(button, entries.filter(Boolean), { host: chat.element });
}

function remove(message, chat) {
  // Nothing brings it back, so it is asked for twice.
  const box = dialog(words.deleteAsk, [choices(plain(words.cancel, () => box.close()), plain(words.delete, () => {
    box.close();
    chat.act("deletions", { message_id: message.message_id });
  }, "danger"))]);
}

export function serviceLine(messages, chat) {
  const [message] = messages;
  const jump = message.facts?.message_id ?? message.reply_to;
  const text = make("span", { dir: "auto" }, words.service(message));
  const line = jump ? press("plain", () => chat.stream.reveal(jump), {}, text) : text;
  return make("div", { class: "service", "data-id": message.message_id, title: wholeOf(message.date) }, line);
}
