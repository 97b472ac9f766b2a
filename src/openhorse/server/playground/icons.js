// Drawn signs, in the colour of the text around them. None says anything by itself to a screen reader.
import { html } from "./ui.js";

const PATHS = {
  sun: "M10 6.5a3.500 3.500 0 1 0 0 7a3.500 3.500 0 0 0 0-7M10 1.500v2M10 16.500v2M1.500 10h2M16.500 10h2M4 4l1.400 1.400M14.600 14.600 16 16M4 16l1.400-1.400M14.600 5.400 16 4",
  moon: "M16.500 11.800A7 7 0 0 1 8.200 3.500a7 7 0 1 0 8.300 8.300Z",
  half: "M10 2.500a7.500 7.500 0 1 0 0 15a7.500 7.500 0 0 0 0-15M10 2.500v15M10 6l5.800-1M10 10h7.500M10 14l5.800 1",
  dice: "M4 3h12a1 1 0 0 1 1 1v12a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1V4a1 1 0 0 1 1-1M7 7h.01M13 7h.01M10 10h.01M7 13h.01M13 13h.01",
  cross: "M5 5l10 10M15 5 5 15",
  left: "M12 4 6 10l6 6",
  right: "M8 4l6 6-6 6",
  plus: "M10 4v12M4 10h12",
  down: "M10 3v10M6 9.500l4 4 4-4M4 17h12",
  again: "M16 10a6 6 0 1 1-1.800-4.300M16.500 3v3.500H13",
  onward: "M3 4h7v12H3zM13 10h5M15.500 7.500 18 10l-2.500 2.500",
  stop: "M5 5h10v10H5z",
  picture: "M3 4h14v12H3zM3 13l4-4 4 4 2.500-2.500L17 14M13 7.500h.01",
  code: "M7 6l-4 4 4 4M13 6l4 4-4 4",
  check: "M4 10.500 8 14.500 16 5.500",
};

/** The sign called `name`, 20 pixels square unless `size` is given. */
export function Icon({ name, size = 18 }) {
  return html`<svg class="icon" width=${size} height=${size} viewBox="0 0 20 20" aria-hidden="true" focusable="false">
    <path d=${PATHS[name]} />
  </svg>`;
}

/** A horseshoe that opens onto a film. */
export function Mark({ size = 28 }) {
  return html`<svg class="mark" width=${size} height=${size} viewBox="0 0 32 32" aria-hidden="true" focusable="false">
    <path class="mark-shoe" d="M28 6H15.500a10 10 0 0 0 0 20H28" />
    <path class="mark-holes" d="M13 6h.01M19 6h.01M25 6h.01M13 26h.01M19 26h.01M25 26h.01M6.300 13h.01M6.300 19h.01" />
    <path class="mark-play" d="M15 11.400 24 16 15 20.600Z" />
  </svg>`;
}
