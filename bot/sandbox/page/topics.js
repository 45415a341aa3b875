// The topics of a forum: which one is shown, and a new one.
import { form } from "./dialogs.js";
import { make, named, press, sign } from "./dom.js";
import { labelled } from "./fields.js";
import { ask } from "./server.js";
import { words } from "./words.js";

const GENERAL = 1;
// The topic that is always there: a message in it names none.

export class TopicBar {
  constructor(chat) {
    this.chat = chat;
    this.topics = [];
    this.chosen = null;
    this.isForum = false;
    this.element = make("div", { class: "topics", role: "group", "aria-label": words.topics, hidden: true });
  }

  get field() { return this.chosen && this.chosen !== GENERAL ? { topic: this.chosen } : {}; }

  fill(topics, isForum) {
    this.topics = topics;
    this.isForum = Boolean(isForum);
    this.draw();
  }

  choose(id) {
    this.chosen = id;
    this.draw();
    this.chat.stream.show(id);
  }

  draw() {
    this.element.hidden = !this.isForum;
    const known = this.topics.filter(({ id }) => id !== GENERAL).map(({ id, name }) => this.chip(id, name));
    this.element.replaceChildren(this.chip(null, words.allTopics), this.chip(GENERAL, words.general), ...known,
      press("chip", () => this.add(), { "aria-label": words.newTopic, title: words.newTopic }, sign("plus")));
  }

  chip(id, name) {
    return press("chip", () => this.choose(id), { "aria-pressed": String(this.chosen === id) }, named(name));
  }

  add() {
    const name = make("input", { name: "name", required: true, maxlength: "128", autocomplete: "off" });
    form(words.newTopic, [labelled(words.title, name)], words.found, async (values) => {
      await ask(`chats/${this.chat.key}/topics`, { name: values.get("name"), by: this.chat.person.id });
      await this.chat.refresh();
    });
  }
}
