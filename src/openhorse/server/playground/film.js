// A finished task comes in; its film plays, and what was made of the words stands below.
import { fileAddress } from "./api.js";
import { money, size, span } from "./format.js";
import { Icon } from "./icons.js";
import { bodyAgain } from "./order.js";
import { html, useState } from "./ui.js";
import { plainly, t } from "./words.js";

/** `onAgain(body)` orders the same with another seed, `onOnward(file)` goes on from a picture of the last frame. */
export function Film({ task, onAgain, onOnward }) {
  const { film } = task;
  const [trouble, setTrouble] = useState(null);
  const [busy, setBusy] = useState(false);
  const address = fileAddress(film.url);
  const again = bodyAgain(task);

  async function onward() {
    setBusy(true);
    setTrouble(null);
    try {
      await onOnward(await lastFrame(task));
    } catch (error) {
      setTrouble(error);
    }
    setBusy(false);
  }

  return html`<div class="film">
    <video class="film-video" src=${address} poster=${fileAddress(task.poster_url) ?? undefined} controls playsinline loop
      preload="auto" aria-label=${task.prompt || t("film")} style=${`--ratio: ${film.width / film.height}`} />
    <div class="actions">
      <a class="button" href=${address} download=${`openhorse-${film.seed}.mp4`}><${Icon} name="down" />${t("download")}</a>
      ${again && html`<button type="button" class="button" onClick=${() => onAgain(again)}><${Icon} name="again" />${t("again")}</button>`}
      <button type="button" class="button" disabled=${busy} onClick=${onward}><${Icon} name="onward" />${t("onward")}</button>
    </div>
    ${trouble && html`<p class="problem" role="alert">${plainly(trouble).title}</p>`}
    <${Facts} task=${task} />
    ${task.actual_prompt && html`<section class="understood"><h3>${t("actual_prompt")}</h3><p>${task.actual_prompt}</p></section>`}
    <${Understood} film=${film} />
  </div>`;
}

/** A film that cannot be seen any more, a failure, a cancel: said, with what can be done. */
export function Ended({ task, onAgain }) {
  const again = bodyAgain(task);
  const said = task.status === "failed" ? plainly(task.error) : { title: t(`ended_${task.status}`), detail: "" };
  return html`<div class="ended">
    <h2>${said.title}</h2>
    ${said.detail && html`<p class="quiet">${said.detail}</p>`}
    ${again && html`<button type="button" class="button" onClick=${() => onAgain(again)}><${Icon} name="again" />${t("order_again")}</button>`}
  </div>`;
}

function Facts({ task }) {
  const { film } = task;
  const facts = [
    ["fact_size", `${film.width} × ${film.height}`],
    ["fact_length", t("n_seconds", { n: Number(film.seconds.toFixed(1)) })],
    ["fact_seed", film.seed],
    ["fact_engine", film.engine],
    ["fact_made", span(film.render_seconds)],
    ["fact_price", money(task.price.usd)],
    ["fact_file", size(film.bytes)],
    ["fact_sound", film.sound ? `${String(film.sound.lufs).replace("-", "−")} LUFS` : t("silent")],
  ];
  return html`<dl class="facts">
    ${facts.map(([name, value]) => html`<div key=${name}><dt>${t(name)}</dt><dd>${value}</dd></div>`)}
  </dl>`;
}

const SHOWN_FIRST = ["place", "hour", "season", "weather", "style", "camera"];
const HIDDEN = new Set(["start", "seconds", "entry", "cast"]);

function Understood({ film }) {
  const { notes = [], understood } = film;
  const shots = understood?.shots ?? [];
  if (!notes.length && !shots.length) return null;
  return html`<section class="understood" aria-label=${t("understood")}>
    ${shots.length > 0 && html`<h3>${t("understood")}</h3>
      <ol class="shots">${shots.map((shot, index) => html`<${Shot} key=${index} shot=${shot} number=${shots.length > 1 ? index + 1 : null} />`)}</ol>`}
    ${understood?.speech?.length > 0 && html`<p><span class="label-inline">${t("spoken")}</span> ${understood.speech.map(({ text }) => `“${text}”`).join(" ")}</p>`}
    ${understood?.unused?.length > 0 && html`<p><span class="label-inline">${t("unused")}</span> ${understood.unused.join(", ")}</p>`}
    ${notes.length > 0 && html`<h3>${t("notes")}</h3><ul class="notes">${notes.map((note) => html`<li key=${note}>${note[0].toUpperCase()}${note.slice(1)}</li>`)}</ul>`}
  </section>`;
}

function Shot({ shot, number }) {
  const rest = Object.keys(shot).filter((name) => !HIDDEN.has(name) && !SHOWN_FIRST.includes(name));
  const words = [...SHOWN_FIRST, ...rest].flatMap((name) => said(name, shot[name]));
  const cast = (shot.cast ?? []).map(player);
  return html`<li>
    ${number && html`<span class="mono quiet">${number} · ${Number(shot.start.toFixed(1))}–${Number((shot.start + shot.seconds).toFixed(1))} s</span>`}
    ${[...cast, ...words].map((word) => html`<span class="chip" key=${word}>${word}</span>`)}
  </li>`;
}

function said(name, value) {
  if (value === undefined || value === null || value === false) return [];
  if (value === true) return [plain(name)];
  if (Array.isArray(value)) return value.flatMap((part) => said(name, part));
  if (typeof value === "object") return [];
  return [plain(typeof value === "number" ? `${name} ${value}` : value)];
}

const plain = (word) => String(word).replaceAll("_", " ").replaceAll("-", " ");

function player({ count, colour, kind, actions = [], acts = actions }) {
  const who = [count > 1 ? count : null, colour, kind].filter(Boolean).map(plain).join(" ");
  return acts.length ? `${who}: ${acts.map(plain).join(", ")}` : who;
}

/** The film's last frame as a file: the server's own picture of it, else drawn from the video. */
async function lastFrame(task) {
  const name = `last-frame-${task.film.seed}.png`;
  if (task.last_frame_url) {
    const answer = await fetch(fileAddress(task.last_frame_url)).catch(() => null);
    if (answer?.ok) return new File([await answer.blob()], name, { type: answer.headers.get("Content-Type") ?? "image/png" });
  }
  const video = document.createElement("video");
  Object.assign(video, { src: fileAddress(task.film.url), muted: true, preload: "auto" });
  await happened(video, "loadedmetadata");
  video.currentTime = Math.max(video.duration - 0.04, 0);
  await happened(video, "seeked");
  const canvas = Object.assign(document.createElement("canvas"), { width: video.videoWidth, height: video.videoHeight });
  canvas.getContext("2d").drawImage(video, 0, 0);
  const blob = await new Promise((done) => canvas.toBlob(done, "image/png"));
  return new File([blob], name, { type: "image/png" });
}

function happened(video, name) {
  return new Promise((done, fail) => {
    video.addEventListener(name, done, { once: true });
    video.addEventListener("error", () => fail(Object.assign(new Error(), { code: "gone" })), { once: true });
  });
}
