// Talking with the sandbox: the control API and its stream of events.
import { words } from "./words.js";

export async function ask(path, body) {
  const asked = body === undefined
    ? {}
    : { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
  const answer = await fetch(`/control/${path}`, asked);
  const read = await answer.json();
  if (!answer.ok) throw new Error(words.refusals[read.code] ?? read.error ?? answer.statusText);
  return read;
}

export function follow(onNews, onState) {
  const stream = new EventSource("/control/events");
  let lost = false;
  stream.onopen = () => { onState({ lost: false, again: lost }); lost = false; };
  stream.onerror = () => { lost = true; onState({ lost: true, again: false }); };
  stream.onmessage = (event) => onNews(JSON.parse(event.data));
  addEventListener("pagehide", () => stream.close());
}
