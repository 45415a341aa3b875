// A new chat: with somebody, or a group, supergroup or channel with some and the bot.
import { book } from "./book.js";
import { form } from "./dialogs.js";
import { face, make, named } from "./dom.js";
import { ask } from "./server.js";
import { settings, words } from "./words.js";

const KINDS = ["private", "group", "supergroup", "channel"];

export function newChat(column) {
  const { person, desk } = column;
  const others = [...book.people.values()].filter((other) => other.id !== person.id);
  const kinds = make("div", { class: "segments", role: "radiogroup", "aria-label": words.kind }, ...KINDS.map((kind) =>
    make("label", { class: "segment" }, make("input", { type: "radio", name: "type", value: kind, checked: kind === "group" }), make("span", {}, words.kinds[kind]))));
  const title = make("input", { name: "title", maxlength: "128", autocomplete: "off" });
  const titled = make("label", { class: "only-groups" }, words.title, title);
  const people = make("fieldset", { class: "choices" }, make("legend", {}, words.people), ...others.map((other) =>
    make("label", { class: "choice" }, make("input", { type: "checkbox", name: "members", value: other.id }), face(other.name, { seed: other.id }), named(other.name, { class: "title" }))));
  if (!others.length) people.append(make("p", { class: "soft" }, words.nobodyElse));
  const check = (name, label, kind, checked) => make("label", { class: `check ${kind}` }, make("input", { type: "checkbox", name, checked }), label);
  const fields = [kinds, titled, people, check("bot", words.withBot(settings.bot), "only-groups", true), check("forum", words.asForum, "only-supergroups", false)];

  const box = form(words.newChat, fields, words.create, async (values) => {
    const type = values.get("type");
    const members = values.getAll("members").map(Number);
    if (type === "private") {
      if (!members.length) throw new Error(words.pickSomebody);
      await desk.go(column, String(members[0]));
      return;
    }
    const made = await ask("chats", { type, title: values.get("title").trim(), owner: person.id, members, ...(values.has("forum") && type === "supergroup" ? { is_forum: true } : {}) });
    const key = String(made.key ?? made.id);
    if (values.has("bot")) {
      const status = type === "channel" ? "administrator" : "member";
      await ask(`chats/${key}/members`, { member: "bot", status, by: person.id });
    }
    await book.load(person.id);
    await desk.go(column, key);
  });
  box.classList.add("new-chat");

  const draw = () => {
    const type = new FormData(box.querySelector("form")).get("type");
    box.dataset.type = type;
    title.required = type !== "private";
    // One person for a private chat, many for a group.
    for (const input of people.querySelectorAll("input")) input.type = type === "private" ? "radio" : "checkbox";
  };
  kinds.addEventListener("change", draw);
  draw();
  title.focus();
}
