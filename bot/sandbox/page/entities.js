// Formatted text: entities (offsets in UTF-16 units, as strings here count) become elements.
import { make } from "./dom.js";
import { settings } from "./words.js";

const PLAIN = {
  bold: "strong", italic: "em", underline: "u", strikethrough: "s", code: "code",
  blockquote: "blockquote", expandable_blockquote: "blockquote",
};

export function startPayload(address) {
  // The payload of a link to this bot, or null for any other link.
  const url = parse(address.includes("://") ? address : `https://${address}`);
  if (!url) return null;
  const inChat = ["t.me", "telegram.me"].includes(url.hostname);
  const bot = inChat ? url.pathname.slice(1).replace(/\/$/, "") : url.searchParams.get("domain");
  if (!inChat && url.protocol !== "tg:") return null;
  if ((bot ?? "").toLowerCase() !== settings.bot.toLowerCase()) return null;
  return url.searchParams.get("start") ?? "";
}

function parse(address) {
  try { return new URL(address); } catch { return null; }
}

function link(address, children, actions) {
  const whole = address.includes("://") || address.startsWith("mailto:") ? address : `https://${address}`;
  const safe = /^(https?|tg|mailto):/i.test(whole) ? whole : "#";
  const made = make("a", { href: safe, target: "_blank", rel: "noopener noreferrer" }, ...children);
  const payload = startPayload(address);
  if (payload !== null) {
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
      return make("button", { class: "command", type: "button", onclick: () => actions.write(text) }, ...children);
    case "spoiler": {
      const hidden = make("button", { class: "spoiler", type: "button" }, ...children);
      hidden.addEventListener("click", () => hidden.classList.add("open"));
      return hidden;
    }
    default: return make("span", {}, ...children);
  }
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
