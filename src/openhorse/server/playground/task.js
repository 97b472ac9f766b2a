// A task's id comes in, the task as it is now goes out, for as long as somebody looks.
import { follow, get } from "./api.js";
import { useEffect, useState } from "./ui.js";

const LOOK_MILLISECONDS = 2500;

export const FINAL = ["succeeded", "failed", "cancelled", "expired"];

/** `{task, trouble, previews}`; `task.queue` tells its place in line while it has not ended. */
export function useTask(id) {
  const [told, setTold] = useState({ id, task: null, trouble: null, previews: [] });
  useEffect(() => {
    setTold({ id, task: null, trouble: null, previews: [] });
    if (!id) return undefined;
    const stop = new AbortController();
    const patch = (turn) => !stop.signal.aborted && setTold((now) => ({ ...now, ...turn(now) }));
    const hear = (name, data) => patch((now) => heard(now, name, data));
    follow(id, hear, stop.signal).catch((trouble) => patch(() => ({ trouble })));
    watchQueue(id, (queue) => patch(({ task }) => ({ task: task && { ...task, queue } })), stop.signal);
    return () => stop.abort();
  }, [id]);
  return told.id === id ? told : { id, task: null, trouble: null, previews: [] };
}

function heard(now, name, data) {
  if (name === "status") return { task: { queue: now.task?.queue, ...data }, previews: joined(now.previews, data.previews) };
  if (name === "progress" && now.task) return { task: { ...now.task, progress: data.progress } };
  if (name === "preview") return { previews: joined(now.previews, [data]) };
  return {};
}

function joined(known, more) {
  const bySecond = new Map([...known, ...(more ?? [])].map((preview) => [preview.seconds, preview]));
  return [...bySecond.values()].sort((a, b) => a.seconds - b.seconds);
}

async function watchQueue(id, told, signal) {
  while (!signal.aborted) {
    try {
      const task = await get(`tasks/${encodeURIComponent(id)}`, { signal });
      if (FINAL.includes(task.status)) return;
      told(task.queue);
    } catch (error) {
      if (signal.aborted || (error.status && !error.retry)) return;
    }
    await new Promise((resume) => setTimeout(resume, LOOK_MILLISECONDS));
  }
}
