// The native API, asked as any customer asks it. Every refusal becomes a Trouble with the server's own words.
import { session } from "./state.js";

const BASE = new URL("openhorse/v1/", document.baseURI);

/** What went wrong: the server's code, message, field and retry; `status` is 0 when nothing was answered at all. */
export class Trouble extends Error {
  constructor({ code = "error", message = "", field = null, retry = false }, status) {
    super(message);
    Object.assign(this, { code, field, retry, status });
  }
}

/** The answer's JSON, null for an empty one. `body` is sent as JSON, a Blob as it is. Throws Trouble. */
export async function call(method, path, { body, headers = {}, key = session.get().key, signal } = {}) {
  const sent = { method, headers: { ...headers, ...authorized(key) }, signal, cache: "no-store" };
  if (body instanceof Blob) {
    sent.body = body;
  } else if (body !== undefined) {
    sent.body = JSON.stringify(body);
    sent.headers["Content-Type"] = "application/json";
  }
  const answer = await reach(path, sent);
  if (!answer.ok) throw await refusal(answer);
  return answer.status === 204 ? null : answer.json();
}

export const get = (path, options) => call("GET", path, options);
export const post = (path, body, options) => call("POST", path, { ...options, body });
export const remove = (path, options) => call("DELETE", path, options);

const authorized = (key) => (key ? { Authorization: `Bearer ${key}` } : {});

async function reach(path, sent) {
  try {
    return await fetch(new URL(path, BASE), sent);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Trouble({ code: "server_unreachable", retry: true }, 0);
  }
}

async function refusal(answer) {
  const told = await answer.json().catch(() => null);
  if (answer.status === 401) session.set({ key: null });
  return new Trouble(told?.error ?? { message: `${answer.status} ${answer.statusText}` }, answer.status);
}

/** Where on this page's own server one of its files lies, also when the server calls itself by another name. */
export function fileAddress(url) {
  if (!url) return null;
  const path = url.match(/\/((?:files|uploads)\/.+)$/);
  return path ? new URL(path[1], document.baseURI).href : url;
}

/** A task's events, each as `told(name, data)`, until it has ended; comes back after a broken connection.
 *
 * EventSource cannot send a key in a header, so the stream is read here. Throws Trouble when the server refuses.
 */
export async function follow(taskId, told, signal) {
  let last = null;
  for (let pause = 500; !signal.aborted; pause = Math.min(pause * 2, 8000)) {
    try {
      const headers = { Accept: "text/event-stream", ...authorized(session.get().key) };
      if (last) headers["Last-Event-ID"] = last;
      const answer = await reach(`tasks/${encodeURIComponent(taskId)}/events`, { headers, signal, cache: "no-store" });
      if (!answer.ok) throw await refusal(answer);
      for await (const event of events(answer.body)) {
        pause = 500;
        last = event.id || last;
        const data = JSON.parse(event.data);
        told(event.name, data);
        if (event.name === "status" && data.finished_at) return;
      }
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof Trouble && error.status && !error.retry) throw error;
    }
    await new Promise((resume) => setTimeout(resume, pause));
  }
}

async function* events(stream) {
  const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    text += value;
    for (let end = text.indexOf("\n\n"); end >= 0; end = text.indexOf("\n\n")) {
      const event = { id: "", name: "message", data: "" };
      for (const line of text.slice(0, end).split("\n")) {
        const [field, rest] = [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1).trimStart()];
        if (field === "id") event.id = rest;
        if (field === "event") event.name = rest;
        if (field === "data") event.data += rest;
      }
      text = text.slice(end + 2);
      if (event.data) yield event;
    }
  }
}
