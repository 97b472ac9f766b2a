// The form's controls. Native radios, ranges and selects underneath, so that keyboards and screen readers know them.
import { Icon } from "./icons.js";
import { html } from "./ui.js";
import { t } from "./words.js";

/** One of a few, side by side. `options` are `[value, shown]`. */
export function Choice({ label, name, options, value, onPick, drawn = false }) {
  return html`<fieldset class="field">
    <legend class="label">${label}</legend>
    <div class=${drawn ? "choice choice-drawn" : "choice"}>
      ${options.map(
        ([option, shown]) => html`<label key=${option}>
          <input type="radio" class="unseen" name=${name} value=${option} checked=${option === value} onChange=${() => onPick(option)} />
          <span class="choice-face">${shown}</span>
        </label>`,
      )}
    </div>
  </fieldset>`;
}

/** A ratio as its own shape. */
export function Shape({ ratio }) {
  const [width, height] = ratio.split(":").map(Number);
  const scale = 22 / Math.max(width, height);
  const [w, h] = [Math.max(width * scale, 6), Math.max(height * scale, 6)];
  return html`<svg class="shape" width="26" height="26" viewBox="0 0 26 26" aria-hidden="true" focusable="false">
      <rect x=${13 - w / 2} y=${13 - h / 2} width=${w} height=${h} rx="1.500" />
    </svg><span>${ratio}</span>`;
}

export function Seconds({ low, high, value, onPick }) {
  return html`<label class="field">
    <span class="label label-row"><span>${t("seconds")}</span><output class="mono">${t("n_seconds", { n: value })}</output></span>
    <input class="range" type="range" name="seconds" min=${low} max=${high} step="1" value=${value}
      aria-valuetext=${t("n_seconds", { n: value })}
      style=${`--filled: ${(100 * (value - low)) / (high - low)}%`} onInput=${(event) => onPick(Number(event.target.value))} />
    <span class="range-ends quiet mono" aria-hidden="true"><span>${low}</span><span>${high}</span></span>
  </label>`;
}

export function Seed({ value, onPick, onDraw }) {
  return html`<div class="field">
    <label class="label" for="seed">${t("seed")}</label>
    <div class="joined">
      <input id="seed" class="input mono" inputmode="numeric" autocomplete="off" placeholder=${t("seed_any")} value=${value}
        onInput=${(event) => onPick(event.target.value.replace(/\D/g, ""))} />
      <button type="button" class="button round-corner" title=${t("seed_draw")} aria-label=${t("seed_draw")} onClick=${onDraw}>
        <${Icon} name="dice" />
      </button>
    </div>
  </div>`;
}

export function Select({ label, name, value, options, onPick }) {
  return html`<label class="field">
    <span class="label">${label}</span>
    <select class="input" name=${name} onChange=${(event) => onPick(event.target.value)}>
      ${options.map(
        ([option, shown, whyNot]) =>
          html`<option key=${option} value=${option} selected=${option === value} disabled=${Boolean(whyNot)}
            title=${whyNot}>${shown}</option>`,
      )}
    </select>
  </label>`;
}
