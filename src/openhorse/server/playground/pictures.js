// Files come in, uploaded pictures with thumbnails go out: dropped, pasted or chosen; numbered, moved, named in a prompt.
import { call } from "./api.js";
import { Icon } from "./icons.js";
import { choices, draft, picturesOf, promptOf, renumbered } from "./order.js";
import { useStore } from "./state.js";
import { html, useRef, useState } from "./ui.js";
import { plainly, t } from "./words.js";

let counted = 0;

const change = (mode, turn) =>
  draft.set(({ pictures }) => ({ pictures: { ...pictures, [mode]: turn(pictures[mode] ?? []) } }));

/** Takes pictures into the draft's mode and uploads them. Files that are no pictures are passed over. */
export function addPictures(files) {
  const given = draft.get();
  const { count } = choices(given).offer.pictures;
  const room = count[1] === 1 ? 1 : count[1] - picturesOf(given).length;
  const taken = [...files].filter(({ type }) => type.startsWith("image/")).slice(0, room);
  for (const file of taken) addPicture(given.mode, file, count[1]);
  return taken.length;
}

async function addPicture(mode, file, most) {
  const picture = { key: ++counted, name: file.name || t("pasted"), shown: URL.createObjectURL(file), id: null, trouble: null };
  change(mode, (pictures) => (most === 1 ? [picture] : [...pictures, picture]));
  const settle = (facts) =>
    change(mode, (pictures) => pictures.map((other) => (other.key === picture.key ? { ...other, ...facts } : other)));
  const limits = choices({ ...draft.get(), mode }).offer.pictures;
  try {
    if (file.size > limits.bytes) throw { code: "request_too_large", message: "" };
    const { id, width, height } = await call("POST", "uploads", { body: file });
    settle({ id, width, height, trouble: unfit(width, height, limits) });
  } catch (trouble) {
    settle({ trouble });
  }
}

/** What is wrong with a picture of this size, before the server has to say so; null when nothing is. */
function unfit(width, height, { shortest_side: shortest, longest_ratio: longest }) {
  const [short, long] = [Math.min(width, height), Math.max(width, height)];
  if (short < shortest || (longest && long / short > longest)) return { code: "picture_refused", message: "" };
  return null;
}

function move(mode, from, to) {
  const places = picturesOf(draft.get()).map((_, index) => index);
  const order = [...places];
  order.splice(to ?? from, 0, ...order.splice(from, 1));
  if (to === null) order.splice(from, 1);
  change(mode, (pictures) => order.map((index) => pictures[index]));
  const now = places.map((index) => order.indexOf(index));
  draft.set((given) => ({ prompts: { ...given.prompts, [mode]: renumbered(promptOf(given), now) } }));
}

/** What the limits are, in one line. */
export function limitsOf({ formats, shortest_side, longest_ratio, bytes }) {
  const side = t("limit_side", { n: shortest_side });
  const ratio = longest_ratio ? `${t("limit_ratio", { n: longest_ratio })}` : null;
  return [formats.join(", "), side, ratio, t("limit_bytes", { n: Math.round(bytes / 1e6) })].filter(Boolean).join(" · ");
}

export function Pictures({ onMention }) {
  const given = useStore(draft);
  const { offer } = choices(given);
  const { mode } = given;
  const pictures = picturesOf(given);
  const [over, setOver] = useState(false);
  const chooser = useRef(null);
  const most = offer.pictures.count[1];
  const single = most === 1;

  const drop = (event) => {
    event.preventDefault();
    setOver(false);
    addPictures(event.dataTransfer.files);
  };
  const drag = (event) => {
    event.preventDefault();
    setOver(event.type === "dragover");
  };

  return html`<fieldset class="field pictures" onDragOver=${drag} onDragLeave=${drag} onDrop=${drop}>
    <legend class="label">${t(single ? "first_frame" : "references")}${!single && html` <span class="quiet">${pictures.length} / ${most}</span>`}</legend>
    <input
      ref=${chooser} type="file" class="unseen" tabindex="-1" aria-hidden="true" multiple=${!single}
      accept=${offer.pictures.formats.map((format) => `image/${format.toLowerCase()}`).join(",")}
      onChange=${(event) => {
        addPictures(event.target.files);
        event.target.value = "";
      }}
    />
    <ol class=${`thumbs${single ? " thumbs-single" : ""}`}>
      ${pictures.map(
        (picture, index) => html`<${Thumb} key=${picture.key} picture=${picture} index=${index} count=${pictures.length}
          single=${single} onMention=${onMention} onMove=${(to) => move(mode, index, to)} />`,
      )}
    </ol>
    ${pictures.map((picture, index) => picture.trouble && html`<${Unusable} key=${picture.key} trouble=${picture.trouble}
      name=${single ? picture.name : `[Image ${index + 1}]`} limits=${offer.pictures} />`)}
    ${(!single || !pictures.length) && pictures.length < most && html`<button
      type="button" class=${`drop${over ? " over" : ""}${pictures.length ? " drop-small" : ""}`} onClick=${() => chooser.current.click()}>
      <${Icon} name=${pictures.length ? "plus" : "picture"} size=${pictures.length ? 18 : 26} />
      <span class="drop-words">${t(pictures.length ? "add_more" : single ? "drop_one" : "drop_some")}</span>
      ${!pictures.length && html`<span class="quiet drop-limits">${limitsOf(offer.pictures)}</span>`}
    </button>`}
    ${!single && pictures.length > 0 && html`<p class="quiet aside">${t("mention_hint")}</p>`}
  </fieldset>`;
}

function Unusable({ trouble, name, limits }) {
  const { title, detail } = plainly(trouble);
  return html`<p class="problem thumb-trouble" role="alert">
    <strong>${name}: ${title}</strong><span>${detail || t("allowed", { what: limitsOf(limits) })}</span>
  </p>`;
}

function Thumb({ picture, index, count, single, onMention, onMove }) {
  const name = single ? picture.name : `[Image ${index + 1}]`;
  const { trouble } = picture;
  return html`<li class=${`thumb${trouble ? " bad" : ""}`}>
    <div class="thumb-frame">
      <img src=${picture.shown} alt=${picture.name} />
      ${!picture.id && !trouble && html`<span class="thumb-busy" role="status">${t("uploading")}</span>`}
    </div>
    ${single
      ? html`<span class="thumb-name">${picture.name}</span>`
      : html`<button type="button" class="thumb-mention mono" title=${t("mention", { name })} aria-label=${t("mention", { name })}
          onClick=${() => onMention(name)}>${name}</button>`}
    <div class="thumb-tools">
      ${!single && html`<${Tool} name="left" label=${t("move_earlier", { name })} disabled=${index === 0} onClick=${() => onMove(index - 1)} />
        <${Tool} name="right" label=${t("move_later", { name })} disabled=${index === count - 1} onClick=${() => onMove(index + 1)} />`}
      <${Tool} name="cross" label=${t("remove", { name })} onClick=${() => onMove(null)} />
    </div>
  </li>`;
}

const Tool = ({ name, label, ...rest }) =>
  html`<button type="button" class="tool" title=${label} aria-label=${label} ...${rest}><${Icon} name=${name} size=${15} /></button>`;
