// The making part: a form that the catalog shapes, and the stage on which the film appears.
import { post } from "./api.js";
import { EXAMPLES } from "./examples.js";
import { Choice, Seconds, Seed, Select, Shape } from "./fields.js";
import { money, span } from "./format.js";
import { MODES, bodyOf, bodyToQuote, choices, draft, drawSeed, hindrance, noteOrdered, promptLimit, promptOf } from "./order.js";
import { Code } from "./panels.js";
import { Pictures, addPictures } from "./pictures.js";
import { Problem } from "./signin.js";
import { Stage } from "./stage.js";
import { go, useStore } from "./state.js";
import { html, useEffect, useMemo, useRef, useState } from "./ui.js";
import { t } from "./words.js";

const PAUSE_MILLISECONDS = 350;

export function Make({ id, shown }) {
  const given = useStore(draft);
  const writing = useRef(null);
  const [trouble, setTrouble] = useState(null);
  const [sending, setSending] = useState(false);
  const [urged, setUrged] = useState(false);
  const { ratio, resolution, seconds } = choices(given);
  const blocked = hindrance(given);
  const attempt = useRef({}); // an order whose answer was lost is sent again under its key, and made once
  const latest = useRef(null); // another panel was looked at meanwhile: the film is still here
  latest.current = id ?? latest.current;
  usePasted(shown);

  async function order(body) {
    setTrouble(null);
    setSending(true);
    const text = JSON.stringify(body);
    if (attempt.current.text !== text) attempt.current = { text, once: unique() };
    try {
      const task = await post("tasks", body, { headers: { "Idempotency-Key": attempt.current.once } });
      attempt.current = {};
      noteOrdered(task.id, body);
      go("make", task.id);
    } catch (error) {
      setTrouble(error);
    }
    setSending(false);
  }

  function submit(event) {
    event.preventDefault();
    setUrged(true);
    if (!blocked && !sending) order(bodyOf(given));
  }

  function again(body) {
    const seed = drawSeed(given);
    if (given.seed !== "") draft.set({ seed });
    order({ ...body, seed: Number(seed) });
  }

  async function onward(file) {
    draft.set({ mode: MODES[1] });
    addPictures([file]);
    writing.current?.focus();
  }

  return html`<div class="make">
    <form class="form" onSubmit=${submit} noValidate>
      <h1 class="unseen">${t("tab_make")}</h1>
      <${Modes} given=${given} />
      <div id="mode-panel" role="tabpanel" aria-labelledby=${`mode-${given.mode}`} class="form-parts">
        ${given.mode !== MODES[0] && html`<${Pictures} key=${given.mode} onMention=${(name) => insert(writing.current, name)} />`}
        <${Prompt} given=${given} writing=${writing} />
        <${Knobs} given=${given} />
      </div>
      <div class="order">
        ${trouble && html`<${Problem} trouble=${trouble} />`}
        ${blocked && urged && html`<p class="hindrance" role="alert">${t(...blocked)}</p>`}
        <div class="order-row">
          <${Estimate} given=${given} />
          <button class="button primary order-button" disabled=${sending}>${t(sending ? "sending" : "make_film")}</button>
        </div>
      </div>
    </form>
    <div class="make-side">
      <${Stage} id=${latest.current} empty=${{ ratio, resolution, seconds: given.seconds ?? seconds.default }} onAgain=${again} onOnward=${onward} />
      ${Code && html`<${Code} body=${blocked ? null : bodyOf(given)} />`}
    </div>
  </div>`;
}

const unique = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");

/** Three tabs; arrows go between them. */
function Modes({ given }) {
  const pick = (mode) => draft.set({ mode });
  const key = (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const mode = MODES[(MODES.indexOf(given.mode) + step + MODES.length) % MODES.length];
    pick(mode);
    document.getElementById(`mode-${mode}`).focus();
  };
  return html`<div class="modes" role="tablist" aria-label=${t("modes")} onKeyDown=${key}>
    ${MODES.map(
      (mode) => html`<button key=${mode} type="button" role="tab" id=${`mode-${mode}`} aria-controls="mode-panel"
        aria-selected=${mode === given.mode ? "true" : "false"} tabindex=${mode === given.mode ? 0 : -1} onClick=${() => pick(mode)}>
        ${t(`mode_${mode}`)}
      </button>`,
    )}
  </div>`;
}

const write = (text) => draft.set(({ prompts, mode }) => ({ prompts: { ...prompts, [mode]: text } }));

/** Puts a word where the caret is, with a space on either side where one is wanted. */
function insert(area, word) {
  const [before, after] = [area.value.slice(0, area.selectionStart), area.value.slice(area.selectionEnd)];
  const put = `${/\S$/.test(before) ? " " : ""}${word}${/^\S/.test(after) || !after ? " " : ""}`;
  area.setRangeText(put, area.selectionStart, area.selectionEnd, "end");
  write(area.value);
  area.focus();
}

function Prompt({ given, writing }) {
  const { offer, limit } = choices(given);
  const prompt = promptOf(given);
  const [length, most] = [[...prompt.trim()].length, promptLimit(prompt, limit)];
  const send = (event) => {
    if (event.key === "Enter" && (event.metaKey || event.ctrlKey)) event.target.form.requestSubmit();
  };
  return html`<div class="field">
    <div class="label label-row">
      <label for="prompt">${t("prompt")}${offer.prompt === "optional" && html` <span class="quiet">${t("optional")}</span>`}</label>
      ${length > most * 0.8 && html`<span class=${length > most ? "over-limit mono" : "quiet mono"}>${length} / ${most}</span>`}
    </div>
    <textarea id="prompt" ref=${writing} class="input prompt" rows="4" placeholder=${t(`prompt_${given.mode}`)} value=${prompt}
      aria-describedby="prompt-hint" onInput=${(event) => write(event.target.value)} onKeyDown=${send} />
    <p id="prompt-hint" class="unseen">${t("prompt_hint")}</p>
    <${Examples} mode=${given.mode} />
  </div>`;
}

function Examples({ mode }) {
  const take = ({ target }, text) => {
    write(text);
    target.closest("details").open = false;
    document.getElementById("prompt").focus();
  };
  return html`<details class="examples">
    <summary>${t("examples")}</summary>
    <ul>${EXAMPLES[mode].map(
      (text) => html`<li key=${text}><button type="button" class="example" lang=${/\p{Script=Han}/u.test(text) ? "zh-Hans" : "en"} onClick=${(event) => take(event, text)}>${text}</button></li>`,
    )}</ul>
  </details>`;
}

const engineOption = ({ name, whyNot }) => [name, whyNot ? t("engine_not_ready", { name }) : name, whyNot];

function Knobs({ given }) {
  const { offer, families, family, resolution, ratio, seconds, engines } = choices(given);
  const set = (name) => (value) => draft.set({ [name]: value });
  return html`
    ${offer.ratios.length > 0 && html`<${Choice} label=${t("ratio")} name="ratio" drawn value=${ratio} onPick=${set("ratio")}
      options=${offer.ratios.map((one) => [one, html`<${Shape} ratio=${one} />`])} />`}
    <div class="pair">
      <${Choice} label=${t("resolution")} name="resolution" value=${resolution} onPick=${set("resolution")}
        options=${offer.resolutions.map((tier) => [tier, tier])} />
      <${Seconds} low=${seconds.shortest} high=${seconds.longest} value=${given.seconds ?? seconds.default} onPick=${set("seconds")} />
    </div>
    <div class="pair">
      ${offer.seed && html`<${Seed} value=${given.seed} onPick=${set("seed")} onDraw=${() => draft.set({ seed: drawSeed(given) })} />`}
      <${Select} label=${t("engine")} name="engine" value=${given.engine} onPick=${set("engine")}
        options=${[["", t("engine_default")], ...engines.map(engineOption)]} />
    </div>
    <div class="pair pair-model">
      <${Select} label=${t("model")} name="model" value=${family} onPick=${set("family")} options=${families.map((name) => [name, name])} />
      <label class="check check-low"><input type="checkbox" checked=${given.watermark} onChange=${(event) => draft.set({ watermark: event.target.checked })} /><span>${t("watermark")}</span></label>
    </div>`;
}

/** Price and time of the draft, asked for a moment after its last change. */
function Estimate({ given }) {
  const body = useMemo(() => JSON.stringify(bodyToQuote(given)), [given]);
  const [quote, setQuote] = useState(null);
  useEffect(() => {
    const stop = new AbortController();
    const ask = () => post("quotes", JSON.parse(body), { signal: stop.signal }).then(setQuote, () => stop.signal.aborted || setQuote(null));
    const pause = setTimeout(ask, PAUSE_MILLISECONDS);
    return () => {
      clearTimeout(pause);
      stop.abort();
    };
  }, [body]);
  return html`<div class="estimate" aria-live="polite">
    <span class="estimate-price">${quote ? money(quote.price.usd) : "–"}</span>
    <span class="quiet">${quote?.estimate ? t("made_in", { time: span(quote.estimate.seconds) }) : t("no_estimate")}</span>
  </div>`;
}

/** A picture that is pasted anywhere joins the order; with only a text, it becomes the first frame. */
function usePasted(shown) {
  useEffect(() => {
    if (!shown) return undefined;
    const take = ({ clipboardData }) => {
      const files = [...(clipboardData?.files ?? [])].filter(({ type }) => type.startsWith("image/"));
      if (!files.length) return;
      if (draft.get().mode === MODES[0]) draft.set({ mode: MODES[1] });
      addPictures(files);
    };
    document.addEventListener("paste", take);
    return () => document.removeEventListener("paste", take);
  }, [shown]);
}
