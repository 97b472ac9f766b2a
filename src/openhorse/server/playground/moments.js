// Times as the server writes them come in, what people read in the chosen language goes out.
import { settings } from "./state.js";
import { html } from "./ui.js";

const STEPS = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
  ["second", 1],
];

const language = () => (settings.get().language === "zh" ? "zh-CN" : "en-GB");

/** How long ago, or in how long: "3 minutes ago"; a date where that is more than a month away. */
export function ago(iso, now = Date.now()) {
  const seconds = (Date.parse(iso) - now) / 1000;
  if (Math.abs(seconds) > 30 * 86_400) return date(iso);
  const [unit, length] = STEPS.find(([, size]) => Math.abs(seconds) >= size) ?? STEPS.at(-1);
  return new Intl.RelativeTimeFormat(language(), { numeric: "auto" }).format(Math.round(seconds / length), unit);
}

/** Day and minute, in the browser's own zone. */
export function moment(iso) {
  return new Intl.DateTimeFormat(language(), { dateStyle: "medium", timeStyle: "short" }).format(new Date(iso));
}

/** A moment's day. */
export function date(iso) {
  return new Intl.DateTimeFormat(language(), { dateStyle: "medium" }).format(new Date(iso));
}

/** A whole day as the server names it, like 2026-11-21, whatever the browser's zone. */
export function dayOf(name) {
  const options = { day: "numeric", month: "short", timeZone: "UTC" };
  return new Intl.DateTimeFormat(language(), options).format(new Date(`${name}T00:00:00Z`));
}

/** How long ago, with the moment itself behind it. */
export function Time({ at }) {
  return html`<time datetime=${at} title=${moment(at)}>${ago(at)}</time>`;
}
