// The making part.
import { html } from "./ui.js";

export function Make() {
  return html`<h1>Make</h1>`;
}
