// The key's own tasks come in, of whatever dialect: a gallery goes out, and a page for each film.
import { fileAddress, get, post, remove } from "./api.js";
import { Confirm, Pick, useLook } from "./asking.js";
import { Code, requestOfTask } from "./code.js";
import { money, percent } from "./format.js";
import { Icon, Mark } from "./icons.js";
import { Time, moment } from "./moments.js";
import { MODES, draft, drawSeed, noteOrdered } from "./order.js";
import { addPictures } from "./pictures.js";
import { Problem } from "./signin.js";
import { DIALECTS, familyOf } from "./snippets.js";
import { Stage } from "./stage.js";
import { go } from "./state.js";
import { FINAL } from "./task.js";
import { html, useCallback, useEffect, useRef, useState } from "./ui.js";
import { plainly, t } from "./words.js";

const PAGE = 24;
const BUSY_MILLISECONDS = 2500;
const CALM_MILLISECONDS = 12_000;

/** What can be looked for, and the states that it means. */
const WANTED = {
  all: "",
  making: "queued,running,storing",
  ready: "succeeded",
  failed: "failed",
  cancelled: "cancelled",
  expired: "expired",
};

const isOpen = (task) => !FINAL.includes(task.status);
const pathOf = (id) => `tasks/${encodeURIComponent(id)}`;

/** The gallery stays where it was while one of its films is looked at. */
export function Films({ id, shown }) {
  const [changed, setChanged] = useState(0);
  const last = useRef(id);
  if (shown) last.current = id;
  const current = last.current;
  return html`
    <div hidden=${Boolean(current)}><${Gallery} shown=${shown && !current} changed=${changed} /></div>
    ${current && html`<${Detail} key=${current} id=${current} shown=${shown} onChange=${() => setChanged((count) => count + 1)} />`}
  `;
}

function Gallery({ shown, changed }) {
  const [wanted, setWanted] = useState({ state: "all", mode: "" });
  const { tasks, end, trouble, more, look, forget } = useTasks(wanted, changed);
  const [leaving, setLeaving] = useState(null);
  useLook(look, tasks?.some(isOpen) ? BUSY_MILLISECONDS : CALM_MILLISECONDS, shown && tasks !== null);
  useEffect(() => {
    if (shown && tasks) look().catch(() => {});
  }, [shown]);
  const everything = wanted.state === "all" && !wanted.mode;

  async function drop() {
    await remove(pathOf(leaving.id));
    forget(leaving.id);
    setLeaving(null);
  }

  return html`<div class="panel-head">
      <h1>${t("tab_films")}</h1>
      <div class="picks">
        <${Pick} label=${t("pick_state")} value=${wanted.state} onPick=${(state) => setWanted({ ...wanted, state })}
          options=${Object.keys(WANTED).map((name) => [name, t(`films_${name}`)])} />
        <${Pick} label=${t("pick_mode")} value=${wanted.mode} onPick=${(mode) => setWanted({ ...wanted, mode })}
          options=${[["", t("films_any_mode")], ...MODES.map((mode) => [mode, t(`mode_${mode}`)])]} />
      </div>
    </div>
    ${trouble && html`<${Problem} trouble=${trouble} onRetry=${more} />`}
    ${!tasks && !trouble && html`<p class="quiet">${t("loading")}</p>`}
    ${tasks?.length === 0 && end && html`<${Nothing} everything=${everything} />`}
    <ul class="gallery">${tasks?.map((task) => html`<${Card} key=${task.id} task=${task} onLeave=${() => setLeaving(task)} onLook=${look} />`)}</ul>
    ${tasks && !end && html`<${More} onMore=${more} />`}
    ${leaving && html`<${Leaving} task=${leaving} onYes=${drop} onNo=${() => setLeaving(null)} />`}`;
}

/** A key's tasks, page after page; `look` asks what has changed since, `forget` drops one. */
function useTasks(wanted, changed) {
  const [known, setKnown] = useState({ tasks: null, end: false, trouble: null });
  const query = `size=${PAGE}&status=${WANTED[wanted.state]}&mode=${wanted.mode}`;
  const current = useRef(query);
  current.current = query;
  const asked = useRef(false);

  const ask = useCallback(
    async (after) => {
      const { data } = await get(`tasks?${query}${after ? `&after=${encodeURIComponent(after)}` : ""}`);
      return current.current === query ? data : null;
    },
    [query],
  );

  async function more(tasks) {
    if (asked.current === query) return;
    asked.current = query;
    try {
      const data = await ask(tasks?.at(-1)?.id);
      if (data) setKnown({ tasks: [...(tasks ?? []), ...data], end: data.length < PAGE, trouble: null });
    } catch (trouble) {
      setKnown((now) => ({ ...now, trouble }));
    }
    if (asked.current === query) asked.current = false;
  }

  async function look() {
    const data = await ask();
    if (data) setKnown((now) => ({ ...now, ...joined(now, data), trouble: null }));
    const [old, seen] = [known.tasks ?? [], new Set(data?.map(({ id }) => id))];
    for (const { id } of old.filter((task) => isOpen(task) && !seen.has(task.id)).slice(0, 4)) await lookAt(id);
  }

  /** One that the first page does not show. */
  async function lookAt(id) {
    const task = await get(pathOf(id)).catch((trouble) => (trouble.status === 404 ? null : undefined));
    if (task === null) return forget(id);
    const swapped = (tasks) => tasks.map((one) => (one.id === id ? task : one));
    return task && setKnown((now) => ({ ...now, tasks: swapped(now.tasks) }));
  }

  const forget = (id) => setKnown((now) => ({ ...now, tasks: now.tasks.filter((task) => task.id !== id) }));

  useEffect(() => {
    setKnown({ tasks: null, end: false, trouble: null });
    more(null);
  }, [query, changed]);
  return { ...known, look, forget, more: () => more(known.tasks) };
}

/** What is known, with a newer first page before it; what was there and is older than that page stays. */
function joined({ tasks, end }, page) {
  if (page.length < PAGE) return { tasks: page, end: true };
  const seen = new Set(page.map(({ id }) => id));
  const oldest = page.at(-1).created_at;
  return { tasks: [...page, ...(tasks ?? []).filter((task) => !seen.has(task.id) && task.created_at <= oldest)], end };
}

/** The rest, once one comes near to it or asks. */
function More({ onMore }) {
  const place = useRef(null);
  const latest = useRef(onMore);
  latest.current = onMore;
  useEffect(() => {
    const watch = new IntersectionObserver((seen) => seen.some(({ isIntersecting }) => isIntersecting) && latest.current(), {
      rootMargin: "600px",
    });
    watch.observe(place.current);
    return () => watch.disconnect();
  }, []);
  return html`<p class="more" ref=${place}><button type="button" class="button" onClick=${onMore}>${t("films_more")}</button></p>`;
}

function Nothing({ everything }) {
  return html`<div class="nothing">
    <${Mark} size=${44} />
    <p>${t(everything ? "films_none" : "films_none_such")}</p>
    ${everything && html`<a class="button primary" href="#make">${t("films_make_one")}</a>`}
  </div>`;
}

function Card({ task, onLeave, onLook }) {
  const open = isOpen(task);
  const poster = fileAddress(task.poster_url);
  const name = task.prompt || t(`mode_${task.mode}`);
  const stop = () => post(`${pathOf(task.id)}/cancel`).catch(() => {}).then(onLook);
  return html`<li class="film-card">
    <a class="film-link" href=${`#films/${encodeURIComponent(task.id)}`}>
      <span class="film-poster">
        ${poster ? html`<img src=${poster} alt="" loading="lazy" />` : html`<${Blank} task=${task} />`}
        ${task.status === "running" && html`<span class="film-progress" style=${`--part: ${task.progress}`} />`}
        <span class="film-length mono">${t("n_seconds", { n: task.seconds })}</span>
      </span>
      <span class="film-name">${name}</span>
    </a>
    <span class="film-meta"><${State} task=${task} /><${Time} at=${task.created_at} /></span>
    ${task.error && html`<span class="film-error">${plainly(task.error).title}</span>`}
    <button type="button" class="tool film-tool" onClick=${open ? stop : onLeave} title=${t(open ? "cancel" : "delete")}
      aria-label=${t(open ? "films_cancel_named" : "films_delete_named", { name: name.slice(0, 60) })} disabled=${task.status === "storing"}>
      <${Icon} name=${open ? "stop" : "cross"} size=${14} />
    </button>
  </li>`;
}

/** In place of a picture: the film's shape, and what has become of it. */
function Blank({ task }) {
  const [width, height] = (task.film ? `${task.film.width}:${task.film.height}` : (task.ratio ?? "16:9")).split(":").map(Number);
  const sign = { failed: "cross", cancelled: "stop" }[task.status];
  return html`<span class=${`blank blank-${task.status}`} style=${`--ratio: ${width / height}`}>
    ${sign ? html`<${Icon} name=${sign} size=${26} />` : html`<${Mark} size=${30} />`}
  </span>`;
}

export function State({ task }) {
  const shown = task.status === "running" ? `${t("state_running")} ${percent(task.progress)}` : t(`state_${task.status}`);
  return html`<span class=${`state state-${task.status}`}>${shown}</span>`;
}

function Leaving({ task, onYes, onNo }) {
  const text = t(isOpen(task) ? "delete_open_text" : "delete_text");
  return html`<${Confirm} title=${t("delete_title")} text=${text} yes=${t("delete")} onYes=${onYes} onNo=${onNo} />`;
}

/** The film itself is the stage's; here stands what it was ordered with, and what can be done with the task. */
function Detail({ id, shown, onChange }) {
  const { task, look } = useOne(id);
  const [leaving, setLeaving] = useState(false);
  const [trouble, setTrouble] = useState(null);
  useLook(look, BUSY_MILLISECONDS, shown && Boolean(task) && isOpen(task));

  async function drop() {
    await remove(pathOf(id));
    onChange();
    go("films");
  }

  async function again(body) {
    try {
      const made = await post("tasks", { ...body, seed: Number(drawSeed(draft.get())) });
      noteOrdered(made.id, body);
      onChange();
      go("films", made.id);
    } catch (error) {
      setTrouble(error);
    }
  }

  return html`<div class="detail">
    <a class="button quiet-button detail-back" href="#films"><${Icon} name="left" size=${16} />${t("films_back")}</a>
    <h1 class="unseen">${t("stage")}</h1>
    <${Stage} id=${id} onAgain=${again} onOnward=${onward} />
    ${trouble && html`<${Problem} trouble=${trouble} />`}
    ${task && html`<${Order} task=${task} />
      <div class="actions">
        <button type="button" class="button" onClick=${() => refill(task)}><${Icon} name="again" />${t("films_refill")}</button>
        <button type="button" class="button danger" onClick=${() => setLeaving(true)}><${Icon} name="cross" />${t("delete")}</button>
      </div>
      <${Code} request=${requestOfTask(task)} />`}
    ${leaving && html`<${Leaving} task=${task} onYes=${drop} onNo=${() => setLeaving(false)} />`}
  </div>`;
}

/** The task without its film, looked at now and then; the stage says aloud what goes wrong. */
function useOne(id) {
  const [task, setTask] = useState(null);
  const look = () => get(pathOf(id)).then(setTask);
  useEffect(() => {
    look().catch(() => {});
  }, [id]);
  return { task, look };
}

function Order({ task }) {
  const facts = [
    ["order_state", html`<${State} task=${task} />`],
    ["order_at", moment(task.created_at)],
    ["order_expires", task.expires_at && moment(task.expires_at)],
    ["order_asked", [task.resolution, task.ratio, t("n_seconds", { n: task.seconds })].filter(Boolean).join(" · ")],
    ["order_dialect", DIALECTS[task.dialect]],
    ["model", task.model],
    ["fact_price", !task.film && money(task.price.usd)],
    ["order_id", html`<span class="mono">${task.id}</span>`],
  ];
  return html`<section aria-labelledby="order-head"><h2 id="order-head" class="detail-head">${t("order_head")}</h2>
    <dl class="facts facts-wide">
      ${facts.filter(([, value]) => value).map(([name, value]) => html`<div key=${name}><dt>${t(name)}</dt><dd>${value}</dd></div>`)}
    </dl>
  </section>`;
}

/** Brings a task's words and settings back into the form, with the seed of its film. */
function refill(task) {
  const { mode, resolution, ratio, seconds, watermark } = task;
  const seed = task.film?.seed ?? task.seed;
  draft.set(({ prompts }) => ({
    mode,
    family: familyOf(task.model),
    prompts: { ...prompts, [mode]: task.prompt },
    seed: seed === null ? "" : String(seed),
    engine: task.engine ?? "",
    ...{ resolution, ratio, seconds, watermark },
  }));
  go("make");
}

async function onward(file) {
  draft.set({ mode: MODES[1] });
  addPictures([file]);
  go("make");
}
