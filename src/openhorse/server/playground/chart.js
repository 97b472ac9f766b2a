// Amounts by day and part come in, a drawing of stacked bars goes out. What it says stands in a table beside it.
import { html, useEffect, useRef, useState } from "./ui.js";

const HEIGHT = 220;
const BELOW = 24;
const BESIDE = 52;
const ABOVE = 10;
const DAY_WIDTH = 44;

/** `days` are `{ name, label, parts: { [part]: amount } }`; `parts` in the order of their colours; `say(amount)`. */
export function Bars({ days, parts, say, label }) {
  const box = useRef(null);
  const width = useWidth(box);
  const sums = days.map((day) => parts.reduce((sum, part) => sum + (day.parts[part] ?? 0), 0));
  const marks = scale(Math.max(...sums, 0));
  const top = marks.at(-1) || 1;
  const up = (amount) => ABOVE + (1 - amount / top) * (HEIGHT - ABOVE - BELOW);
  const step = (width - BESIDE) / days.length;
  const bar = Math.max(Math.min(step * 0.68, 46), 1.5);
  const every = Math.ceil((days.length * DAY_WIDTH) / Math.max(width - BESIDE, 1));
  return html`<div class="chart" ref=${box}>
    ${width > 0 && html`<svg width=${width} height=${HEIGHT} role="img" aria-label=${label}>
      ${marks.map((mark) => html`<g key=${mark}>
        <line class="chart-line" x1=${BESIDE} x2=${width} y1=${up(mark)} y2=${up(mark)} />
        <text class="chart-text" x=${BESIDE - 8} y=${up(mark) + 4} text-anchor="end">${say(mark)}</text>
      </g>`)}
      ${days.map((day, index) => html`<g key=${day.name} class="chart-day">
        <title>${`${day.label}: ${say(sums[index])}`}</title>
        <rect class="chart-reach" x=${BESIDE + index * step} y=${ABOVE} width=${step} height=${HEIGHT - BELOW - ABOVE} />
        ${stacked(day, parts).map(({ part, from, to, place }) => html`<rect key=${part} class=${`part-${place}`}
          x=${BESIDE + (index + 0.5) * step - bar / 2} width=${bar} y=${up(to)} height=${Math.max(up(from) - up(to), 1)} />`)}
        ${index % every === 0 && html`<text class="chart-text" x=${BESIDE + (index + 0.5) * step} y=${HEIGHT - 6} text-anchor="middle">${day.label}</text>`}
      </g>`)}
    </svg>`}
  </div>`;
}

function stacked(day, parts) {
  let from = 0;
  return parts.flatMap((part, place) => {
    const amount = day.parts[part] ?? 0;
    if (!amount) return [];
    const piece = { part, place, from, to: from + amount };
    from += amount;
    return [piece];
  });
}

/** Round amounts from nothing to at least `most`: 1, 2 or 5 of a power of ten apart. */
export function scale(most) {
  if (most <= 0) return [0];
  const rough = most / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((times) => times * power).find((size) => size >= rough);
  return Array.from({ length: Math.ceil(most / step - 1e-9) + 1 }, (_, index) => Number((index * step).toPrecision(6)));
}

function useWidth(box) {
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const watch = new ResizeObserver(([{ contentRect }]) => contentRect.width && setWidth(Math.floor(contentRect.width)));
    watch.observe(box.current);
    return () => watch.disconnect();
  }, []);
  return width;
}
