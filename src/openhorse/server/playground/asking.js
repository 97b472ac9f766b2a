// A question that wants a yes comes in, a dialog goes out; and what is asked again and again while somebody looks.
import { Problem } from "./signin.js";
import { html, useEffect, useRef, useState } from "./ui.js";
import { t } from "./words.js";

/** Asks before `onYes`, which may take its time and may fail; `onNo` closes. The browser keeps the focus inside. */
export function Confirm({ title, text, yes, onYes, onNo }) {
  const dialog = useRef(null);
  const [busy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState(null);
  useEffect(() => dialog.current.showModal(), []);

  async function agree() {
    setBusy(true);
    try {
      await onYes();
    } catch (error) {
      setTrouble(error);
      setBusy(false);
    }
  }

  return html`<dialog ref=${dialog} class="dialog" aria-labelledby="dialog-title" onClose=${onNo}>
    <h2 id="dialog-title">${title}</h2>
    <p>${text}</p>
    ${trouble && html`<${Problem} trouble=${trouble} />`}
    <div class="actions">
      <button type="button" class="button danger" disabled=${busy} onClick=${agree}>${yes}</button>
      <button type="button" class="button" autofocus onClick=${() => dialog.current.close()}>${t("keep_it")}</button>
    </div>
  </dialog>`;
}

/** Calls `look` every so many milliseconds while `active` and the page is seen; never twice at once. */
export function useLook(look, milliseconds, active) {
  const latest = useRef(look);
  latest.current = look;
  useEffect(() => {
    if (!active) return undefined;
    let timer = null;
    const again = async () => {
      if (!document.hidden) await latest.current().catch(() => {});
      if (timer !== null) timer = setTimeout(again, milliseconds);
    };
    timer = setTimeout(again, milliseconds);
    return () => {
      clearTimeout(timer);
      timer = null;
    };
  }, [milliseconds, active]);
}

/** One of a few, in a line; `options` are `[value, shown]`. */
export function Pick({ label, options, value, onPick }) {
  return html`<label class="pick"><span class="quiet">${label}</span>
    <select class="input" onChange=${(event) => onPick(event.target.value)}>
      ${options.map(([option, shown]) => html`<option key=${option} value=${option} selected=${option === value}>${shown}</option>`)}
    </select>
  </label>`;
}
