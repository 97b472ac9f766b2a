// A task's id comes in; what is known of it is shown: waiting, being made, finished, failed. Without one, an empty frame.
import { fileAddress, post } from "./api.js";
import { Ended, Film } from "./film.js";
import { percent, span } from "./format.js";
import { Icon, Mark } from "./icons.js";
import { Problem } from "./signin.js";
import { FINAL, useTask } from "./task.js";
import { html, useEffect, useRef, useState } from "./ui.js";
import { t } from "./words.js";

export function Stage({ id, empty, onAgain, onOnward }) {
  const { task, trouble, previews } = useTask(id);
  useEffect(() => {
    const running = task && !FINAL.includes(task.status);
    document.title = running ? `${percent(task.progress)} · OpenHorse` : "OpenHorse";
    return () => (document.title = "OpenHorse");
  }, [task?.status, task?.progress]);
  const here = useRef(null);
  useEffect(() => {
    if (id && here.current.getBoundingClientRect().top > window.innerHeight * 0.6) here.current.scrollIntoView({ behavior: "smooth" });
  }, [id]);
  return html`<section class="stage" ref=${here} aria-label=${t("stage")}>
    <${Announcer} task=${task} />
    ${trouble && html`<${Problem} trouble=${trouble} />`}
    ${!id && html`<${Empty} ...${empty} />`}
    ${id && !task && !trouble && html`<p class="quiet">${t("loading")}</p>`}
    ${task && html`<${Shown} task=${task} previews=${previews} onAgain=${onAgain} onOnward=${onOnward} />`}
  </section>`;
}

function Shown({ task, previews, onAgain, onOnward }) {
  return html`<p class="stage-prompt">${task.prompt || html`<span class="quiet">${t("no_prompt")}</span>`}</p>
    ${task.status === "succeeded" && html`<${Film} key=${task.id} task=${task} onAgain=${onAgain} onOnward=${onOnward} />`}
    ${["failed", "cancelled", "expired"].includes(task.status) && html`<${Ended} task=${task} onAgain=${onAgain} />`}
    ${!FINAL.includes(task.status) && html`<${Making} task=${task} previews=${previews} />`}`;
}

function Empty({ ratio, resolution, seconds }) {
  return html`<div class="frame frame-empty" style=${shaped(ratio)}>
      <${Mark} size=${44} />
      <p class="frame-facts mono">${[ratio ?? t("as_picture"), resolution, t("n_seconds", { n: seconds })].join(" · ")}</p>
    </div>
    <p class="quiet stage-hint">${t("stage_empty")}</p>`;
}

/** A frame of this ratio, never higher than the window leaves room for. */
function shaped(ratio) {
  const [width, height] = (ratio ?? "16:9").split(":").map(Number);
  return `--ratio: ${width / height}`;
}

function Making({ task, previews }) {
  const [trouble, setTrouble] = useState(null);
  const [leaving, setLeaving] = useState(false);
  const latest = previews.at(-1)?.url ?? task.poster_url;
  const { queue } = task;
  const waiting = task.status === "queued";

  async function cancel() {
    setLeaving(true);
    try {
      await post(`tasks/${encodeURIComponent(task.id)}/cancel`);
    } catch (error) {
      setTrouble(error);
      setLeaving(false);
    }
  }

  const doing = waiting
    ? queue?.ahead ? t("ahead", { n: queue.ahead }) : t("doing_queued")
    : t(task.status === "storing" ? "doing_storing" : task.progress > 0 ? "doing_running" : "doing_starting");
  return html`<div class="frame frame-making" style=${shaped(task.ratio)}>
      ${latest ? html`<img class="frame-picture" src=${fileAddress(latest)} alt=${t("preview")} />` : html`<${Mark} size=${44} />`}
    </div>
    ${previews.length > 1 && html`<ol class="strip">
      ${previews.map(({ seconds, url }) => html`<li key=${seconds}><img src=${fileAddress(url)} alt=${t("preview_at", { n: seconds })} /></li>`)}
    </ol>`}
    <div class="making-row">
      <div class="making-words"><strong>${doing}</strong>
        <span class="quiet mono">${waiting ? "" : percent(task.progress)}${queue?.eta_seconds ? `${waiting ? "" : " · "}${t("about", { time: span(queue.eta_seconds) })}` : ""}</span>
      </div>
      ${task.status !== "storing" && html`<button type="button" class="button small" disabled=${leaving} onClick=${cancel}><${Icon} name="stop" size=${15} />${t("cancel")}</button>`}
    </div>
    <progress class=${`bar-progress${waiting || !task.progress ? " bar-waiting" : ""}`} max="1" value=${task.progress} aria-label=${t("progress")} />
    ${trouble && html`<${Problem} trouble=${trouble} />`}`;
}

/** Says aloud what changed: every state, and each quarter of the way. */
function Announcer({ task }) {
  const quarter = task ? Math.floor(task.progress * 4) * 25 : 0;
  const running = task?.status === "running";
  const said = !task ? "" : running && quarter ? t("aloud_progress", { n: quarter }) : t(`aloud_${task.status}`);
  return html`<p class="unseen" role="status" aria-live="polite">${said}</p>`;
}
