// What became of the key's callbacks comes in, each with its attempts; one more goes out on demand, or a test.
import { get, post } from "./api.js";
import { Pick, useLook } from "./asking.js";
import { Icon } from "./icons.js";
import { Time, moment } from "./moments.js";
import { Problem } from "./signin.js";
import { DIALECTS } from "./snippets.js";
import { html, useEffect, useRef, useState } from "./ui.js";
import { t } from "./words.js";

const PAGE = 20;
const BUSY_MILLISECONDS = 2500;
const CALM_MILLISECONDS = 15_000;
const STATES = ["", "waiting", "delivered", "given_up"];
const SPEAKING = ["native", "hiapi", "wavespeed", "evolink"];

export function Callbacks({ shown }) {
  const [state, setState] = useState("");
  const [pages, setPages] = useState(1);
  const [told, setTold] = useState({ list: null, end: true, trouble: null });
  const current = useRef(state);
  current.current = state;

  async function look() {
    try {
      const asked = Array.from({ length: pages }, (_, index) => get(`callbacks?state=${state}&size=${PAGE}&page=${index + 1}`));
      const found = (await Promise.all(asked)).map(({ data }) => data);
      if (current.current === state) setTold({ list: unique(found.flat()), end: found.at(-1).length < PAGE, trouble: null });
    } catch (trouble) {
      setTold((before) => ({ ...before, trouble }));
    }
  }
  useEffect(() => {
    if (shown) look();
  }, [state, pages, shown]);
  const { list, end, trouble } = told;
  useLook(look, list?.some((one) => one.state === "waiting") ? BUSY_MILLISECONDS : CALM_MILLISECONDS, shown);

  const pick = (name) => {
    setTold({ list: null, end: true, trouble: null });
    setPages(1);
    setState(name);
  };
  return html`<div class="panel-head">
      <h1>${t("tab_callbacks")}</h1>
      <div class="picks"><${Pick} label=${t("pick_state")} value=${state} onPick=${pick} options=${STATES.map((name) => [name, t(`callbacks_${name}`)])} /></div>
    </div>
    <${Trial} />
    ${trouble && html`<${Problem} trouble=${trouble} onRetry=${look} />`}
    ${!list && !trouble && html`<p class="quiet">${t("loading")}</p>`}
    ${list?.length === 0 && html`<p class="quiet nothing-line">${t(state ? "callbacks_none_such" : "callbacks_none")}</p>`}
    <ul class="callbacks">${list?.map((told) => html`<${Told} key=${told.task} told=${told} onChange=${look} />`)}</ul>
    ${list && !end && html`<p class="more"><button type="button" class="button" onClick=${() => setPages(pages + 1)}>${t("films_more")}</button></p>`}`;
}

function unique(list) {
  return [...new Map(list.map((told) => [told.task, told])).values()];
}

function Told({ told, onChange }) {
  const [sending, setSending] = useState(false);
  const [trouble, setTrouble] = useState(null);
  const latest = told.attempts.at(-1);

  async function redeliver() {
    setSending(true);
    setTrouble(null);
    try {
      await post(`tasks/${encodeURIComponent(told.task)}/callback/redeliver`);
      await made(told, onChange);
    } catch (error) {
      setTrouble(error);
    }
    setSending(false);
  }

  return html`<li class=${`card callback callback-${told.state}`}>
    <div class="callback-head">
      <span class=${`state state-${told.state}`}>${t(`callbacks_${told.state}`)}</span>
      <span class="callback-url mono">${told.url}</span>
      <button type="button" class="button small" disabled=${sending} onClick=${redeliver}
        aria-label=${sending ? undefined : t("redeliver_named", { task: told.task })}><${Icon} name="again" size=${15} />${t(sending ? "redelivering" : "redeliver")}</button>
    </div>
    <p class="callback-facts quiet">
      <a href=${`#films/${encodeURIComponent(told.task)}`} class="mono">${told.task}</a>
      <span>${DIALECTS[told.dialect]}</span>
      <span>${t(`state_${told.event.status}`)} <${Time} at=${told.event.at} /></span>
      ${told.state === "waiting" && told.next_at && html`<span>${t("callbacks_next")} <${Time} at=${told.next_at} /></span>`}
    </p>
    ${told.state === "given_up" && html`<p class="callback-note">${t("callbacks_dead")}</p>`}
    ${trouble && html`<${Problem} trouble=${trouble} />`}
    ${latest ? html`<details class="hint"><summary>${t(told.attempts.length === 1 ? "attempts_one" : "attempts", { n: told.attempts.length })} <${Outcome} attempt=${latest} /></summary>
      <${Attempts} attempts=${told.attempts} /></details>`
    : html`<p class="quiet aside">${t("no_attempts")}</p>`}
  </li>`;
}

/** Looks until the new attempt is on record, for a few seconds. */
async function made(told, onChange) {
  for (let waited = 0; waited < 6; waited += 1) {
    await new Promise((resume) => setTimeout(resume, 700));
    const now = await get(`tasks/${encodeURIComponent(told.task)}/callback`);
    if (now.attempts.length > told.attempts.length) break;
  }
  await onChange();
}

/** A status or an error in a few words. */
function Outcome({ attempt }) {
  const said = attempt.status ?? t("no_answer");
  return html`<span class=${attempt.delivered ? "outcome good" : "outcome bad-outcome"}>${said}</span>`;
}

function Attempts({ attempts }) {
  return html`<div class="scroll" tabindex="0" role="region" aria-label=${t("attempts_head")}><table class="table">
    <thead><tr><th scope="col">#</th><th scope="col">${t("attempt_at")}</th><th scope="col">${t("attempt_status")}</th>
      <th scope="col" class="number">ms</th><th scope="col">${t("attempt_answer")}</th></tr></thead>
    <tbody>${attempts.map((one) => html`<tr key=${one.number}><td>${one.number}</td><td>${moment(one.at)}</td>
      <td><${Outcome} attempt=${one} /></td><td class="number">${one.milliseconds}</td>
      <td class="mono attempt-answer">${one.error ?? (one.answer || "–")}</td></tr>`)}</tbody>
  </table></div>`;
}

function Trial() {
  const [url, setUrl] = useState("");
  const [dialect, setDialect] = useState(SPEAKING[0]);
  const [told, setTold] = useState(null);
  const [trouble, setTrouble] = useState(null);
  const [busy, setBusy] = useState(false);

  async function send(event) {
    event.preventDefault();
    setBusy(true);
    setTrouble(null);
    setTold(null);
    try {
      setTold(await post("callbacks/test", { url, dialect }));
    } catch (error) {
      setTrouble(error);
    }
    setBusy(false);
  }

  return html`<details class="card trial"><summary><h2>${t("trial")}</h2></summary>
    <p class="quiet aside">${t("trial_text")}</p>
    <form class="trial-form" onSubmit=${send}>
      <label class="field trial-url"><span class="label">${t("trial_url")}</span>
        <input class="input mono" type="url" required value=${url} onInput=${(event) => setUrl(event.target.value)} /></label>
      <label class="field"><span class="label">${t("order_dialect")}</span>
        <select class="input" onChange=${(event) => setDialect(event.target.value)}>
          ${SPEAKING.map((name) => html`<option key=${name} value=${name} selected=${name === dialect}>${DIALECTS[name]}</option>`)}
        </select></label>
      <button class="button primary" disabled=${busy}>${t(busy ? "sending" : "trial_send")}</button>
    </form>
    <div role="status">${told && html`<${Answer} told=${told} />`}</div>
    ${trouble && html`<${Problem} trouble=${trouble} />`}
  </details>`;
}

function Answer({ told }) {
  return html`<p class="trial-answer"><${Outcome} attempt=${told} />
    <span>${t(told.delivered ? "trial_good" : "trial_bad", { n: told.milliseconds })}${told.signed ? "" : ` ${t("trial_unsigned")}`}</span>
    ${(told.error || told.answer) && html`<span class="mono attempt-answer">${told.error ?? told.answer}</span>`}
  </p>`;
}
