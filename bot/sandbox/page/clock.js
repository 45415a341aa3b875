// The sandbox's clock, which may be set forward, and how its times are written.
import { ask } from "./server.js";
import { settings, words } from "./words.js";

let offset = 0;
const listeners = new Set();

export const now = () => Date.now() / 1000 + offset;
export const moved = () => Math.abs(offset) > 2;

export function setClock(told) {
  offset = told.now - Date.now() / 1000;
  for (const listener of listeners) listener();
}

export function onClock(listener) { listeners.add(listener); }

export async function loadClock() {
  setClock(await ask("clock"));
}

const written = (options) => new Intl.DateTimeFormat(settings.lang === "zh" ? "zh-CN" : "en-GB", options);
const HOUR = written({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const SECOND = written({ hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
const WEEKDAY = written({ weekday: "short" });
const DAY = written({ month: "long", day: "numeric" });
const SHORT_DAY = written({ month: "numeric", day: "numeric" });
const WHOLE = written({
  year: "numeric", month: "short", day: "numeric", weekday: "short",
  hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23",
});

const midnight = (seconds) => new Date(seconds * 1000).setHours(0, 0, 0, 0);
const daysAgo = (seconds) => Math.round((midnight(now()) - midnight(seconds)) / 86400000);

export const timeOf = (seconds) => HOUR.format(new Date(seconds * 1000));
export const secondOf = (seconds) => SECOND.format(new Date(seconds * 1000));
export const wholeOf = (seconds) => WHOLE.format(new Date(seconds * 1000));

export function dayOf(seconds) {
  const days = daysAgo(seconds);
  if (days === 0) return words.today;
  if (days === 1) return words.yesterday;
  return DAY.format(new Date(seconds * 1000));
}

export function listTimeOf(seconds) {
  const days = daysAgo(seconds);
  const date = new Date(seconds * 1000);
  if (days <= 0) return HOUR.format(date);
  return (days < 7 ? WEEKDAY : SHORT_DAY).format(date);
}

export function sizeOf(bytes) {
  return bytes < 1024 * 1024 ? `${Math.max(1, Math.round(bytes / 1024))} KB` : `${(bytes / 1048576).toFixed(1)} MB`;
}
