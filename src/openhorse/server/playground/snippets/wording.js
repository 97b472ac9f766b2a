// A request and a dialect come in, what that dialect can say of it goes out, with a note for each thing it cannot.
// Knows no language. A request is what the page orders with:
//   { mode, family, prompt, pictures: [{ name?, url? }], resolution, ratio, seconds, seed, engine, watermark, callback }
// ratio, seed, engine and callback may be null. A picture is its public address, or else a file by its name.

export const DIALECTS = {
  native: "OpenHorse",
  hiapi: "HiAPI",
  wavespeed: "WaveSpeed",
  evolink: "EvoLink",
  dashscope: "DashScope",
  openai: "OpenAI",
};

export const FAMILIES = ["happyhorse-1.1", "happyhorse-1.0"];

const TIERS = ["480p", "720p", "1080p"];
const AREA = { "480p": 854 * 480, "720p": 1280 * 720, "1080p": 1920 * 1080 };
const HAS_CALLBACKS = new Set(["native", "hiapi", "wavespeed", "evolink"]);
const HAS_WATERMARK = new Set(["native", "dashscope"]);
const WAVESPEED_PROMPT = 2500;
const KINDS = { jpg: "image/jpeg", jpeg: "image/jpeg", webp: "image/webp", bmp: "image/bmp" };

/** The family that a model of any dialect belongs to. */
export function familyOf(model) {
  return /1[.-]0/.test(model) ? FAMILIES[1] : FAMILIES[0];
}

/** What a picture of this name is, by its ending. */
export function kindOf(name) {
  return KINDS[name.split(".").pop().toLowerCase()] ?? "image/png";
}

/**
 * The request in the words of `dialect`: `fields` to send, `model`, `pictures`, and `notes` as
 * `{ word, ...what the word is filled with }` for everything that is said otherwise than asked, or not at all.
 */
export function worded(request, dialect, catalog) {
  const notes = [];
  const note = (word, filling = {}) => notes.push({ word, vendor: DIALECTS[dialect], ...filling });
  const offer = offerFor(request, dialect, catalog, note);
  const said = {
    dialect,
    mode: request.mode,
    model: dialect === "native" || dialect === "openai" ? familyOf(offer.model) : offer.model,
    prompt: request.prompt,
    tier: tierOf(request.resolution, offer, note),
    ratio: offer.ratios.length ? nearestRatio(request.ratio ?? "16:9", offer.ratios, note) : null,
    seconds: request.seconds,
    seed: seedOf(request.seed, offer, note),
    pictures: request.pictures.map((picture, index) => pictureOf(picture, index, request.mode)),
    engine: request.engine,
    watermark: request.watermark === true,
    callback: request.callback,
  };
  noteTheRest(said, note);
  return { ...said, fields: FIELDS[dialect](said), notes };
}

function offerFor(request, dialect, catalog, note) {
  const offers = catalog.dialects[dialect].filter((offer) => offer.mode === request.mode);
  const exact = offers.find((offer) => familyOf(offer.model) === request.family);
  if (!exact) note("snippet_family", { asked: request.family, given: familyOf(offers[0].model) });
  return exact ?? offers[0];
}

function tierOf(asked, offer, note) {
  if (offer.resolutions.includes(asked)) return asked;
  const better = TIERS.slice(TIERS.indexOf(asked)).find((tier) => offer.resolutions.includes(tier));
  const given = better ?? offer.resolutions.at(-1);
  note("snippet_tier", { asked, given });
  return given;
}

function nearestRatio(asked, ratios, note) {
  if (ratios.includes(asked)) return asked;
  const far = (ratio) => Math.abs(Math.log(value(ratio) / value(asked)));
  const given = ratios.reduce((best, ratio) => (far(ratio) < far(best) ? ratio : best));
  note("snippet_ratio", { asked, given });
  return given;
}

function value(ratio) {
  const [width, height] = ratio.split(":").map(Number);
  return width / height;
}

function seedOf(seed, offer, note) {
  if (seed === null || seed === undefined) return null;
  if (offer.seed && seed >= offer.seed[0] && seed <= offer.seed[1]) return seed;
  note(offer.seed ? "snippet_seed_range" : "snippet_seed", { asked: seed, given: offer.seed?.[0] });
  return null;
}

function pictureOf({ name, url }, index, mode) {
  if (url && /^https?:/.test(url)) return { url };
  const file = name || (mode === "image-to-video" ? "first-frame.png" : `reference-${index + 1}.png`);
  return { file, kind: kindOf(file) };
}

function noteTheRest(said, note) {
  const { dialect, pictures, mode } = said;
  const files = pictures.filter((picture) => picture.file).map((picture) => picture.file);
  if (files.length) note("snippet_files", { files: files.join(", ") });
  if (said.engine && dialect !== "native") note("snippet_engine", { asked: said.engine });
  if (said.watermark && !HAS_WATERMARK.has(dialect)) note("snippet_watermark");
  if (said.callback && !HAS_CALLBACKS.has(dialect)) note("snippet_callback");
  if (dialect === "wavespeed" && [...said.prompt].length > WAVESPEED_PROMPT) note("snippet_prompt", { given: WAVESPEED_PROMPT });
  if (dialect === "openai" && mode === "reference-to-video") note("snippet_references");
  if (dialect === "openai" && said.seed !== null) note("snippet_extension");
}

/** What is sent beside pictures and callback; what is undefined is left out. */
const FIELDS = {
  native: (said) =>
    present({
      model: said.model,
      prompt: said.prompt || undefined,
      resolution: said.tier,
      ratio: said.ratio,
      seconds: said.seconds,
      seed: said.seed,
      engine: said.engine,
      watermark: said.watermark || undefined,
    }),
  hiapi: (said) => asInput(said, "resolution", said.tier),
  wavespeed: (said) => asInput(said, "resolution", said.tier),
  evolink: (said) => ({ model: said.model, ...asInput(said, "quality", said.tier) }),
  dashscope: (said) =>
    present({
      resolution: said.tier.toUpperCase(),
      ratio: said.ratio,
      duration: said.seconds,
      seed: said.seed,
      watermark: said.watermark,
    }),
  openai: (said) =>
    present({
      model: said.model,
      prompt: said.prompt || undefined,
      seconds: String(said.seconds),
      size: sizeOf(said.tier, said.ratio ?? "16:9"),
    }),
};

function asInput(said, resolution, tier) {
  return present({
    prompt: said.prompt || undefined,
    [resolution]: tier,
    aspect_ratio: said.ratio,
    duration: said.seconds,
    seed: said.seed,
  });
}

function present(fields) {
  return Object.fromEntries(Object.entries(fields).filter(([, given]) => given !== undefined && given !== null));
}

/** WIDTHxHEIGHT of a tier in a ratio, even and within a step of both. */
export function sizeOf(tier, ratio) {
  const [width, height] = ratio.split(":").map(Number);
  const long = 2 * Math.round(Math.sqrt(AREA[tier] * Math.max(width / height, height / width)) / 2);
  const short = 2 * Math.round((long * Math.min(width / height, height / width)) / 2);
  return width >= height ? `${long}x${short}` : `${short}x${long}`;
}
