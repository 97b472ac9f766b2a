// Numbers come in, what people read goes out.
import { t } from "./words.js";

/** Dollars; as many cents as there are, two at least. */
export function money(usd) {
  const amount = Number(usd);
  const digits = Math.abs(amount * 100 - Math.round(amount * 100)) > 1e-6 ? 4 : 2;
  return `$${amount.toFixed(digits).replace(/(\.\d\d\d*?)0+$/, "$1")}`;
}

/** A stretch of time, rounded as one would say it. */
export function span(seconds) {
  if (seconds < 1) return t("under_a_second");
  if (seconds < 90) return t("n_seconds", { n: Math.round(seconds) });
  return t("n_minutes", { n: Math.round(seconds / 60) });
}

export const size = (bytes) => (bytes < 1e6 ? `${Math.round(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(1)} MB`);

export const percent = (part) => `${Math.round(100 * part)} %`;
