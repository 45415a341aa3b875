// Talking with the sandbox: the control API and its stream of events.
import { words } from "./words.js";

export async function ask(path, body, { method = body === undefined ? "GET" : "POST", signal = undefined } = {}) {
  const asked = body === undefined
    ? { method, signal }
    : { method, signal, headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
  const answer = await fetch(`/control/${path}`, asked);
  const read = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(words.refusals[read.code] ?? read.error ?? `${answer.status} ${answer.statusText}`);
  return read;
}

export function follow(onNews, onState) {
  // Kept when the server tells us everything from now on, or can't be reached: what is read after that misses nothing.
  const stream = new EventSource("/control/events");
  let lost = false;
  stream.onmessage = (event) => onNews(JSON.parse(event.data));
  addEventListener("pagehide", () => stream.close());
  return new Promise((begun) => {
    stream.onopen = () => { onState({ lost: false, again: lost }); lost = false; begun(); };
    stream.onerror = () => { onState({ lost: !lost, again: false }); lost = true; begun(); };
  });
}

export function base64(file) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result.slice(reader.result.indexOf(",") + 1));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(file);
  });
}
