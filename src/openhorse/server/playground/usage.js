// What a key has ordered comes in, sums, a chart and a table go out, and a file for a spreadsheet.
import { get } from "./api.js";
import { Pick, useLook } from "./asking.js";
import { Bars } from "./chart.js";
import { money, percent, size } from "./format.js";
import { Icon } from "./icons.js";
import { dayOf } from "./moments.js";
import { Problem } from "./signin.js";
import { DIALECTS } from "./snippets.js";
import { session, useStore } from "./state.js";
import { html, useEffect, useMemo, useState } from "./ui.js";
import { t } from "./words.js";

const LOOK_MILLISECONDS = 20_000;
const DAY = 86_400_000;
const COLOURS = 5;

/** Stretches of time by their days until today; a month is the calendar's, in UTC, as it is for budgets. */
const SPANS = { week: 7, thirty: 30, quarter: 90, month: null };

/** A sum in whole cents, where it has any. */
const sum = (usd) => (Number(usd) >= 0.01 ? `$${Number(usd).toFixed(2)}` : money(usd));

const named = (moment) => new Date(moment).toISOString().slice(0, 10);

function first(span, now) {
  return SPANS[span] ? named(now - (SPANS[span] - 1) * DAY) : `${named(now).slice(0, 7)}-01`;
}

export function Usage({ shown }) {
  const { who } = useStore(session);
  const isAdmin = who.scopes.includes("admin");
  const [asked, setAsked] = useState({ span: "thirty", whose: "", counted: "spent" });
  const [told, setTold] = useState({ usage: null, trouble: null });
  const own = !isAdmin || asked.whose === "own" ? who.id : "";

  async function look() {
    const now = Date.now();
    const query = new URLSearchParams({ from: first(asked.span, now), to: named(now) });
    if (own) query.set("key", own);
    try {
      setTold({ usage: await get(`usage?${query}`), trouble: null });
    } catch (trouble) {
      setTold((before) => ({ ...before, trouble }));
    }
  }
  useEffect(() => {
    if (shown) look();
  }, [asked.span, asked.whose, shown]);
  useLook(look, LOOK_MILLISECONDS, shown);

  const { usage, trouble } = told;
  const pick = (name) => (value) => setAsked({ ...asked, [name]: value });
  return html`<div class="panel-head">
      <h1>${t("tab_usage")}</h1>
      <div class="picks">
        ${isAdmin && html`<${Pick} label=${t("usage_whose")} value=${asked.whose} onPick=${pick("whose")}
          options=${[["", t("usage_all_keys")], ["own", t("usage_own_key")]]} />`}
        <${Pick} label=${t("usage_span")} value=${asked.span} onPick=${pick("span")}
          options=${Object.keys(SPANS).map((name) => [name, t(`usage_${name}`)])} />
      </div>
    </div>
    ${trouble && html`<${Problem} trouble=${trouble} onRetry=${look} />`}
    ${!usage && !trouble && html`<p class="quiet">${t("loading")}</p>`}
    ${usage && html`<${Sums} total=${usage.total} />
      <${ByDay} usage=${usage} counted=${asked.counted} onCount=${pick("counted")} />
      <${ByModel} usage=${usage} />
      <${Left} left=${usage.key} />`}`;
}

function Sums({ total }) {
  const made = total.films + total.failed + total.cancelled;
  const tiles = [
    ["usage_spent", sum(total.spent_usd), Number(total.held_usd) ? t("usage_held", { usd: sum(total.held_usd) }) : null],
    ["usage_films", total.films, total.unfinished ? t("usage_unfinished", { n: total.unfinished }) : null],
    ["usage_failed", total.failed, total.failed && made ? t("usage_of_all", { part: percent(total.failed / made) }) : null],
    ["usage_cancelled", total.cancelled, null],
  ];
  return html`<dl class="tiles">
    ${tiles.map(([name, value, beside]) => html`<div key=${name} class="tile">
      <dt>${t(name)}</dt><dd><span class="tile-value">${value}</span>${beside && html`<span class="quiet tile-beside">${beside}</span>`}</dd>
    </div>`)}
  </dl>`;
}

/** The models by what was spent on them, the many small ones as one. */
function partsOf(data) {
  const sums = new Map();
  for (const line of data) sums.set(line.model, (sums.get(line.model) ?? 0) + Number(line.spent_usd) + line.films * 1e-9);
  const models = [...sums.keys()].sort((a, b) => sums.get(b) - sums.get(a) || a.localeCompare(b));
  const shown = models.length > COLOURS ? models.slice(0, COLOURS - 1) : models;
  const partOf = (model) => (shown.includes(model) ? model : "…");
  return { parts: shown.length < models.length ? [...shown, "…"] : shown, partOf };
}

function daysOf({ from, to, data }, counted, partOf) {
  const days = [];
  for (let at = Date.parse(`${from}T00:00:00Z`); at <= Date.parse(`${to}T00:00:00Z`); at += DAY) {
    days.push({ name: named(at), label: dayOf(named(at)), parts: {} });
  }
  const byName = new Map(days.map((day) => [day.name, day.parts]));
  for (const line of data) {
    const parts = byName.get(line.day);
    const part = partOf(line.model);
    if (parts) parts[part] = (parts[part] ?? 0) + (counted === "spent" ? Number(line.spent_usd) : line.films);
  }
  return days;
}

function ByDay({ usage, counted, onCount }) {
  const { parts, partOf } = useMemo(() => partsOf(usage.data), [usage]);
  const days = daysOf(usage, counted, partOf);
  const say = counted === "spent" ? sum : (amount) => String(amount);
  const all = counted === "spent" ? sum(usage.total.spent_usd) : usage.total.films;
  const label = t("usage_chart", { from: dayOf(usage.from), to: dayOf(usage.to), sum: all });
  return html`<section class="card usage-card" aria-labelledby="by-day">
    <div class="panel-row"><h2 id="by-day">${t("usage_by_day")}</h2>
      <${Pick} label=${t("usage_count")} value=${counted} onPick=${onCount} options=${[["spent", t("usage_spent")], ["films", t("usage_films")]]} />
    </div>
    ${usage.data.length === 0 && html`<p class="quiet">${t("usage_none")}</p>`}
    ${usage.data.length > 0 && html`<${Bars} days=${days} parts=${parts} say=${say} label=${label} />
      <ul class="legend">${parts.map((part, place) => html`<li key=${part}><span class=${`legend-sign part-${place}`} />${part === "…" ? t("usage_others") : part}</li>`)}</ul>
      <details class="hint"><summary>${t("usage_as_table")}</summary><${DayTable} days=${days} parts=${parts} say=${say} /></details>`}
  </section>`;
}

function DayTable({ days, parts, say }) {
  const some = days.filter((day) => Object.keys(day.parts).length);
  return html`<div class="scroll" tabindex="0" role="region" aria-label=${t("usage_by_day")}><table class="table">
    <thead><tr><th scope="col">${t("usage_day")}</th>${parts.map((part) => html`<th key=${part} scope="col" class="number">${part === "…" ? t("usage_others") : part}</th>`)}</tr></thead>
    <tbody>${some.map((day) => html`<tr key=${day.name}><th scope="row">${day.label}</th>
      ${parts.map((part) => html`<td key=${part} class="number">${day.parts[part] ? say(day.parts[part]) : "–"}</td>`)}</tr>`)}</tbody>
  </table></div>`;
}

const COUNTED = ["films", "failed", "cancelled", "unfinished"];

function ByModel({ usage }) {
  const rows = new Map();
  for (const line of usage.data) {
    const name = `${line.dialect} ${line.model}`;
    const row = rows.get(name) ?? { name, dialect: line.dialect, model: line.model, spent: 0, films: 0, failed: 0, cancelled: 0, unfinished: 0 };
    row.spent += Number(line.spent_usd);
    for (const count of COUNTED) row[count] += line[count];
    rows.set(name, row);
  }
  const sorted = [...rows.values()].sort((a, b) => b.spent - a.spent || a.name.localeCompare(b.name));
  if (!sorted.length) return null;
  return html`<section class="card usage-card" aria-labelledby="by-model">
    <div class="panel-row"><h2 id="by-model">${t("usage_by_model")}</h2><${Spreadsheet} usage=${usage} /></div>
    <div class="scroll" tabindex="0" role="region" aria-labelledby="by-model"><table class="table">
      <thead><tr><th scope="col">${t("model")}</th><th scope="col">${t("order_dialect")}</th>
        ${COUNTED.map((count) => html`<th key=${count} scope="col" class="number">${t(`usage_${count}_short`)}</th>`)}
        <th scope="col" class="number">${t("usage_spent")}</th></tr></thead>
      <tbody>${sorted.map((row) => html`<tr key=${row.name}><th scope="row">${row.model}</th><td>${DIALECTS[row.dialect]}</td>
        ${COUNTED.map((count) => html`<td key=${count} class="number">${row[count] || "–"}</td>`)}
        <td class="number">${sum(row.spent)}</td></tr>`)}</tbody>
    </table></div>
  </section>`;
}

/** All lines as they were told, made into a file here: a link of the server's would have to hold the key. */
function Spreadsheet({ usage }) {
  const [address, setAddress] = useState(null);
  useEffect(() => {
    const made = URL.createObjectURL(new Blob([csv(usage.data)], { type: "text/csv" }));
    setAddress(made);
    return () => URL.revokeObjectURL(made);
  }, [usage]);
  return html`<a class="button small" href=${address} download=${`openhorse-usage-${usage.from}-${usage.to}.csv`}><${Icon} name="down" size=${15} />CSV</a>`;
}

/** Quoted where it must be; a text that a spreadsheet would take for a formula begins with a quote mark. */
export function csv(lines) {
  if (!lines.length) return "";
  const names = Object.keys(lines[0]);
  const cell = (value) => {
    const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value);
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return [names, ...lines.map((line) => names.map((name) => line[name]))].map((row) => `${row.map(cell).join(",")}\r\n`).join("");
}

/** What this key may still use. */
function Left({ left }) {
  const budgets = ["day", "month"].map((name) => [`usage_budget_${name}`, left[name]]).filter(([, budget]) => budget.budget_usd !== null);
  const { storage } = left;
  return html`<section class="card usage-card" aria-labelledby="left-head">
    <h2 id="left-head">${t("usage_left", { label: left.label || left.prefix })}</h2>
    <div class="meters">
      <${Meter} name="usage_balance" value=${left.balance_usd === null ? t("usage_unlimited") : money(left.balance_usd)} />
      ${budgets.map(([name, { ordered_usd: ordered, budget_usd: budget }]) => html`<${Meter} key=${name} name=${name}
        value=${t("usage_left_of", { left: money(Math.max(budget - ordered, 0)), all: money(budget) })} part=${Number(budget) ? ordered / budget : 1} />`)}
      ${!budgets.length && html`<${Meter} name="usage_budget" value=${t("usage_unlimited")} />`}
      <${Meter} name="usage_storage" value=${storage.limit === null ? size(storage.bytes) : t("usage_used_of", { used: size(storage.bytes), all: size(storage.limit) })}
        part=${storage.limit ? storage.bytes / storage.limit : null} />
    </div>
  </section>`;
}

function Meter({ name, value, part = null }) {
  return html`<div class="meter-box"><span class="label">${t(name)}</span><span>${value}</span>
    ${part !== null && html`<meter class="meter" min="0" max="1" high="0.8" optimum="0.2" value=${Math.min(part, 1)} aria-label=${t(name)}>${percent(part)}</meter>`}
  </div>`;
}
