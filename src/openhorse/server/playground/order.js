// What is being ordered: a draft that the form fills, and the body for POST /openhorse/v1/tasks that it makes.
import { session, createStore, keep, recall } from "./state.js";

export const MODES = ["text-to-video", "image-to-video", "reference-to-video"];

const MENTION = /\[\s*image\s*(\d+)\s*\]/gi;

const EMPTY = {
  mode: MODES[0],
  family: null,
  prompts: {},
  pictures: {},
  resolution: null,
  ratio: null,
  seconds: null,
  seed: "",
  engine: "",
  watermark: false,
};

/** The draft. `prompts` and `pictures` are kept by mode; null is the catalog's own default. */
export const draft = createStore({ ...EMPTY, ...recall("sessionStorage", "draft") });

draft.watch(({ pictures, ...rest }) => keep("sessionStorage", "draft", rest));

/** Everything there is to choose from for the draft, out of the catalog. */
export function choices({ mode, family, resolution, ratio }) {
  const { catalog } = session.get();
  const offers = catalog.dialects.native.filter((offer) => offer.mode === mode);
  const families = offers.map((offer) => offer.model.split("/")[0]);
  const offer = offers[Math.max(families.indexOf(family), 0)];
  const pick = (list, wanted, fallback) => (list.includes(wanted) ? wanted : fallback);
  return {
    offer,
    families,
    family: offer.model.split("/")[0],
    resolution: pick(offer.resolutions, resolution, offer.default_resolution),
    ratio: pick(offer.ratios, ratio, offer.ratios[0] ?? null),
    seconds: catalog.seconds,
    engines: catalog.engines
      .map((name) => ({ name, whyNot: catalog.not_ready[name] }))
      .sort((one, other) => Boolean(one.whyNot) - Boolean(other.whyNot)),
    limit: catalog.prompt_characters,
  };
}

export const promptOf = ({ prompts, mode }) => prompts[mode] ?? "";
export const picturesOf = ({ pictures, mode }) => pictures[mode] ?? [];

/** Code points that a prompt may have: fewer where it holds a Han character. */
export const promptLimit = (prompt, limit) => (/\p{Script=Han}/u.test(prompt) ? limit.han : limit.other);

/** The order's body. */
export function bodyOf(given) {
  const { offer, family, resolution, ratio, seconds } = choices(given);
  const pictures = picturesOf(given).map(({ id }) => id);
  const body = {
    model: family,
    prompt: promptOf(given).trim(),
    resolution,
    seconds: given.seconds ?? seconds.default,
  };
  if (offer.mode === MODES[1]) body.image = pictures[0];
  if (offer.mode === MODES[2]) body.references = pictures;
  if (ratio) body.ratio = ratio;
  if (given.seed !== "") body.seed = Number(given.seed);
  if (given.engine) body.engine = given.engine;
  if (given.watermark) body.watermark = true;
  return body;
}

/** The body with something in every place that is still empty, so that its price can be asked for. */
export function bodyToQuote(given) {
  const body = bodyOf(given);
  body.prompt = body.prompt || "…";
  if ("image" in body) body.image ??= "upload:0";
  if (body.references) body.references = body.references.length ? body.references.map((id) => id ?? "upload:0") : ["upload:0"];
  if (body.references) body.prompt = "…"; // it may name pictures that are not there yet
  return body;
}

/** What keeps the draft from being ordered, as `[word, values]`; null when nothing does. */
export function hindrance(given) {
  const { offer, limit } = choices(given);
  const [prompt, pictures] = [promptOf(given).trim(), picturesOf(given)];
  const fewest = offer.pictures?.count[0] ?? 0;
  if (pictures.length < fewest) return [offer.mode === MODES[1] ? "need_picture" : "need_reference", {}];
  if (pictures.some(({ trouble }) => trouble)) return ["need_good_pictures", {}];
  if (pictures.some(({ id }) => !id)) return ["need_uploads", {}];
  if (offer.prompt === "required" && !prompt) return ["need_prompt", {}];
  const missing = offer.mode === MODES[2] && missingMention(prompt, pictures.length);
  if (missing) return ["need_mention", { name: missing, n: pictures.length }];
  const most = promptLimit(prompt, limit);
  if ([...prompt].length > most) return ["need_shorter", { n: most }];
  const seed = Number(given.seed);
  if (given.seed !== "" && !(Number.isInteger(seed) && seed >= offer.seed[0] && seed <= offer.seed[1])) {
    return ["need_seed", { low: offer.seed[0], high: offer.seed[1] }];
  }
  return null;
}

/** The first `[Image N]` of a prompt for which there is no picture; null when each has one. */
function missingMention(prompt, count) {
  const mentions = [...prompt.matchAll(MENTION)].filter(([, number]) => number < 1 || number > count);
  return mentions[0]?.[0] ?? null;
}

export function drawSeed(given) {
  const [low, high] = choices(given).offer.seed;
  return String(low + Math.floor(Math.random() * (Math.min(high, 999999) - low + 1)));
}

/** `[Image N]` of a prompt after pictures moved: `places[i]` is where picture i is now, -1 when it is gone. */
export function renumbered(prompt, places) {
  return prompt.replace(MENTION, (mention, number) => {
    const now = places[Number(number) - 1];
    if (now === undefined) return mention;
    return now < 0 ? "" : `[Image ${now + 1}]`;
  });
}

const ORDERED = "ordered";

/** Keeps what was ordered beside its task's id, so that it can be ordered again; the task itself names no pictures. */
export function noteOrdered(taskId, body) {
  const noted = recall("sessionStorage", ORDERED) ?? {};
  const latest = Object.entries({ ...noted, [taskId]: body }).slice(-30);
  keep("sessionStorage", ORDERED, Object.fromEntries(latest));
}

/** The body that makes `task` again; null where that takes pictures that are not known here any more. */
export function bodyAgain(task) {
  const noted = recall("sessionStorage", ORDERED)?.[task.id];
  if (noted) return noted;
  if (task.mode !== MODES[0] || task.dialect !== "native") return null;
  const { prompt, resolution, seconds, watermark } = task;
  const body = { model: task.model.split("/")[0], prompt, resolution, seconds, watermark };
  if (task.ratio) body.ratio = task.ratio;
  if (task.engine) body.engine = task.engine;
  return body;
}
