// Formatted text: entities (offsets in UTF-16 units, as strings here count) become elements.
import { make, press } from "./dom.js";
import { settings, words } from "./words.js";

const PLAIN = {
  bold: "strong", italic: "em", underline: "u", strikethrough: "s", code: "code",
  blockquote: "blockquote", expandable_blockquote: "blockquote",
};

export function botLink(address) {
  // Where a link leads inside the chats, `{start}`, `{startgroup}` or `{invite}`; null for a link to elsewhere.
  const url = parse(address.includes("://") ? address : `https://${address}`);
  if (!url) return null;
  const inChat = ["t.me", "telegram.me"].includes(url.hostname);
  const bot = inChat ? url.pathname.slice(1).replace(/\/$/, "") : url.searchParams.get("domain");
  if (!inChat && url.protocol !== "tg:") return null;
  if (inChat && bot.startsWith("+")) return { invite: bot.slice(1) };
  if ((bot ?? "").toLowerCase() !== settings.bot.toLowerCase()) return null;
  if (url.searchParams.has("startgroup")) return { startgroup: url.searchParams.get("startgroup") };
  return { start: url.searchParams.get("start") ?? "" };
}

function parse(address) {
  try { return new URL(address); } catch { return null; }
}

function link(address, children, actions) {
  const whole = /^(mailto|tel):|:\/\//i.test(address) ? address : `https://${address}`;
  const safe = /^(https?|tg|mailto|tel):/i.test(whole) ? whole : "#";
  const made = make("a", { href: safe, target: "_blank", rel: "noopener noreferrer" }, ...children);
  if (botLink(address)) {
    made.removeAttribute("target");
    made.addEventListener("click", (event) => { event.preventDefault(); actions.open(address); });
  }
  return made;
}

function element(entity, text, children, actions) {
  if (PLAIN[entity.type]) return make(PLAIN[entity.type], {}, ...children);
  switch (entity.type) {
    case "pre": return make("pre", {}, ...children);
    case "text_link": return link(entity.url, children, actions);
    case "url": return link(text, children, actions);
    case "email": return link(`mailto:${text}`, children, actions);
    case "bot_command":
      return press("command", () => actions.write(text), {}, ...children);
    case "spoiler": return spoiler(children);
    case "mention": return mention(text, children, actions);
    case "phone_number": return link(`tel:${text}`, children, actions);
    default: return make("span", {}, ...children);
  }
}

function spoiler(children) {
  const hidden = make("button", { class: "spoiler", type: "button", "aria-label": words.spoiler }, ...children);
  hidden.addEventListener("click", () => { hidden.classList.add("open"); hidden.removeAttribute("aria-label"); });
  return hidden;
}

function mention(text, children, actions) {
  if (text.slice(1).toLowerCase() !== settings.bot.toLowerCase()) return make("span", { class: "mention" }, ...children);
  return press("command", () => actions.look(), {}, ...children);
}

export function formatted(text, entities, actions) {
  const ordered = [...entities].sort((a, b) => a.offset - b.offset || b.length - a.length);
  return build(text, 0, text.length, ordered, actions);
}

function build(text, from, to, entities, actions) {
  const nodes = [];
  let at = from;
  let rest = entities;
  while (rest.length) {
    const [first, ...others] = rest;
    const end = Math.min(first.offset + first.length, to);
    if (first.offset > at) nodes.push(text.slice(at, first.offset));
    const inside = others.filter((other) => other.offset < end);
    const children = build(text, first.offset, end, inside, actions);
    nodes.push(element(first, text.slice(first.offset, end), children, actions));
    at = end;
    rest = others.filter((other) => other.offset >= end);
  }
  if (at < to) nodes.push(text.slice(at, to));
  return nodes;
}
