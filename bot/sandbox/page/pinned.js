// The bar of pinned messages: the newest first, each tap shows the next.
import { brief } from "./bubble.js";
import { make, press, sign } from "./dom.js";
import { words } from "./words.js";

export class PinnedBar {
  constructor(chat) {
    this.chat = chat;
    this.messages = [];
    this.at = 0;
    this.element = press("pinned-bar", () => this.next(), { hidden: true });
  }

  fill(messages) {
    this.messages = [...messages].sort((a, b) => b.message_id - a.message_id);
    this.at = 0;
    this.draw();
  }

  drop(id) {
    const left = this.messages.filter((message) => message.message_id !== id);
    if (left.length < this.messages.length) this.fill(left);
  }

  next() {
    this.chat.stream.reveal(this.messages[this.at].message_id);
    this.at = (this.at + 1) % this.messages.length;
    this.draw();
  }

  draw() {
    const count = this.messages.length;
    this.element.hidden = !count;
    if (!count) return;
    const message = this.messages[this.at];
    const place = count > 1 ? ` ${count - this.at}/${count}` : "";
    this.element.replaceChildren(sign("pin"), make("span", { class: "names" },
      make("b", {}, `${words.pinned}${place}`), make("span", { class: "soft", dir: "auto" }, brief(message))));
  }
}
