// An order comes in, the code for exactly that order goes out, to be read and copied.
import { Icon } from "./icons.js";
import { draft } from "./order.js";
import { DIALECTS, FAMILIES, LANGUAGES, familyOf, snippet } from "./snippets.js";
import { createStore, keep, recall, session, useStore } from "./state.js";
import { html, useRef, useState } from "./ui.js";
import { t } from "./words.js";

const [TEXT, IMAGE, REFERENCE] = ["text-to-video", "image-to-video", "reference-to-video"];
const SAID_MILLISECONDS = 2000;
const SECRET = "export OPENHORSE_API_KEY=sk-…";

/** The dialect and the language that were chosen last, here and before. */
const choice = createStore({ dialect: "native", language: "curl", ...recall("localStorage", "code") });
choice.watch((value) => keep("localStorage", "code", value));

/** What the snippets are made from, out of the body of an order; pictures are files by the names they were brought with. */
export function requestOf(body) {
  const addresses = body.image ? [body.image] : (body.references ?? []);
  const brought = Object.values(draft.get().pictures).flat();
  const known = new Map(brought.map(({ id, name }) => [id, name]));
  return {
    mode: body.image ? IMAGE : addresses.length ? REFERENCE : TEXT,
    family: body.model ? familyOf(body.model) : FAMILIES[0],
    prompt: body.prompt ?? "",
    pictures: addresses.map((address) => ({ url: address, name: known.get(address) })),
    resolution: body.resolution ?? "720p",
    ratio: body.ratio ?? null,
    seconds: body.seconds ?? 5,
    seed: body.seed ?? null,
    engine: body.engine ?? null,
    watermark: body.watermark === true,
    callback: body.callback?.url ?? null,
  };
}

/** The same out of a task of any dialect, which does not say what its pictures were. */
export function requestOfTask(task) {
  const mentions = [...task.prompt.matchAll(/(?:\[\s*image\s*|character|图)(\d)/gi)].map(([, number]) => Number(number));
  const count = { [TEXT]: 0, [IMAGE]: 1, [REFERENCE]: Math.max(1, ...mentions) }[task.mode];
  return {
    ...requestOf({ ...task, seed: task.film?.seed ?? task.seed }),
    mode: task.mode,
    pictures: Array.from({ length: count }, () => ({})),
  };
}

/** Closed until it is asked for. `body` is an order for POST /openhorse/v1/tasks, or null; `request` goes before it. */
export function Code({ body, request = body && requestOf(body) }) {
  const [open, setOpen] = useState(false);
  return html`<details class="code-view" onToggle=${(event) => setOpen(event.target.open)}>
    <summary><${Icon} name="code" size=${16} />${t("view_code")}</summary>
    ${open && (request ? html`<${Program} request=${request} />` : html`<p class="quiet aside">${t("no_code")}</p>`)}
  </details>`;
}

function Program({ request }) {
  const { dialect, language } = useStore(choice);
  const { catalog } = useStore(session);
  const base = new URL(".", document.baseURI).href.replace(/\/$/, "");
  const { code, install, notes } = snippet(request, { dialect, language, base, catalog });

  return html`<div class="code-body">
    <${Tabs} label=${t("code_dialect")} name="dialect" options=${DIALECTS} value=${dialect} />
    <div class="code-row">
      <${Tabs} label=${t("code_language")} name="language" options=${LANGUAGES} value=${language} />
      <${Copy} text=${code} />
    </div>
    ${notes.length > 0 && html`<ul class="code-notes" aria-label=${t("code_notes")}>
      ${notes.map((note) => html`<li key=${note.word}>${t(note.word, note)}</li>`)}
    </ul>`}
    <p class="aside quiet">${t(language === "curl" ? "code_first_curl" : "code_first")}</p>
    <pre class="code code-setup" tabindex="0" aria-label=${t("code_setup")}>${[install, SECRET].filter(Boolean).join("\n")}</pre>
    <pre class="code code-program" tabindex="0" id="program" aria-label=${t("code_program")}>${code}</pre>
  </div>`;
}

/** Buttons of which one is pressed; arrows go between them. */
function Tabs({ label, name, options, value }) {
  const names = Object.keys(options);
  const row = useRef(null);
  const key = (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const next = names[(names.indexOf(value) + step + names.length) % names.length];
    choice.set({ [name]: next });
    row.current.querySelector(`[data-name="${next}"]`).focus();
  };
  return html`<div class="code-tabs" role="radiogroup" aria-label=${label} ref=${row} onKeyDown=${key}>
    ${names.map(
      (one) => html`<button key=${one} type="button" role="radio" data-name=${one} aria-checked=${one === value ? "true" : "false"}
        tabindex=${one === value ? 0 : -1} onClick=${() => choice.set({ [name]: one })}>${options[one]}</button>`,
    )}
  </div>`;
}

function Copy({ text }) {
  const [said, setSaid] = useState("");
  async function copy() {
    const done = await copied(text);
    setSaid(done ? "copied" : "copy_yourself");
    setTimeout(() => setSaid(""), SAID_MILLISECONDS);
  }
  return html`<span class="copy"><span role="status" class="quiet">${said && t(said)}</span>
    <button type="button" class="button small" onClick=${copy}>${said === "copied" && html`<${Icon} name="check" size=${15} />`}${t("copy")}</button>
  </span>`;
}

/** Whether the text is on the clipboard; a page that is not served safely may not write there, and selects instead. */
async function copied(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    getSelection().selectAllChildren(document.getElementById("program"));
    return false;
  }
}
