// A new chat: with somebody, or a group, supergroup or channel with some and the bot.
import { book } from "./book.js";
import { form } from "./dialogs.js";
import { face, make, named } from "./dom.js";
import { check, labelled, segments } from "./fields.js";
import { ask } from "./server.js";
import { settings, words } from "./words.js";

const KINDS = ["private", "group", "supergroup", "channel"];

export function newChat(column) {
  const others = [...book.people.values()].filter((other) => other.id !== column.person.id);
  const kinds = segments("type", words.kind, KINDS.map((kind) => [kind, words.kinds[kind]]), "group");
  const title = make("input", { name: "title", maxlength: "128", autocomplete: "off" });
  const titled = labelled(words.title, title);
  titled.classList.add("only-groups");
  const people = make("fieldset", { class: "choices" }, make("legend", {}, words.people), ...others.map(choice));
  if (!others.length) people.append(make("p", { class: "soft" }, words.nobodyElse));
  const withBot = check(words.withBot(settings.bot), { name: "bot", checked: true }, "only-groups");
  const asForum = check(words.asForum, { name: "forum" }, "only-supergroups");

  const box = form(words.newChat, [kinds, titled, people, withBot, asForum], words.found, async (values) => {
    const key = values.get("type") === "private" ? somebody(values) : await found(column.person, values);
    await column.desk.go(column, key);
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

function choice({ id, name }) {
  return make("label", { class: "choice" }, make("input", { type: "checkbox", name: "members", value: id }),
    face(name, { seed: id }), named(name, { class: "title" }));
}

function somebody(values) {
  if (!values.has("members")) throw new Error(words.pickSomebody);
  return values.get("members");
}

async function found(owner, values) {
  // The key of the group that is founded.
  const type = values.get("type");
  const group = { type, title: values.get("title").trim(), owner: owner.id, members: values.getAll("members").map(Number) };
  if (values.has("forum") && type === "supergroup") group.is_forum = true;
  const { key } = await ask("chats", group);
  const status = type === "channel" ? "administrator" : "member";
  if (values.has("bot")) await ask(`chats/${key}/members`, { member: "bot", status, by: owner.id });
  await book.load(owner.id);
  return String(key);
}
