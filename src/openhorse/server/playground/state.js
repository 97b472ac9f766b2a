// What outlives a component: settings, who is signed in, and where in the page one is. Knows no server.
import { useEffect, useState } from "./ui.js";

/** A value that components can watch; `set` lays a patch over it. */
export function createStore(value) {
  const watchers = new Set();
  return {
    get: () => value,
    set(patch) {
      value = { ...value, ...(typeof patch === "function" ? patch(value) : patch) };
      watchers.forEach((watcher) => watcher(value));
    },
    watch(watcher) {
      watchers.add(watcher);
      return () => watchers.delete(watcher);
    },
  };
}

/** The store's value, in a component that is drawn anew when it changes. */
export function useStore(store) {
  const [value, setValue] = useState(store.get());
  useEffect(() => {
    setValue(store.get());
    return store.watch(setValue);
  }, [store]);
  return value;
}

/** Reads a JSON value that this browser kept; null when there is none, or when it keeps nothing. */
export function recall(storage, name) {
  try {
    return JSON.parse(window[storage].getItem(`openhorse.${name}`));
  } catch {
    return null;
  }
}

/** Keeps a JSON value; null forgets it. */
export function keep(storage, name, value) {
  try {
    if (value === null) window[storage].removeItem(`openhorse.${name}`);
    else window[storage].setItem(`openhorse.${name}`, JSON.stringify(value));
  } catch {
    // A browser that keeps nothing still works until it is closed.
  }
}

const spoken = (navigator.languages?.[0] ?? navigator.language ?? "en").toLowerCase();

/** `language` is "en" or "zh"; `theme` is "", which follows the system, "light" or "dark". */
export const settings = createStore({
  language: spoken.startsWith("zh") ? "zh" : "en",
  theme: "",
  ...recall("localStorage", "settings"),
});

settings.watch((value) => keep("localStorage", "settings", value));

/** `key` is the secret, `who` what the server says of it (`key` of GET /usage), `catalog` what is on offer. */
export const session = createStore({ key: null, who: null, catalog: null });

/** A secret that was kept: for this machine where that was asked for, else until the tab is closed. */
export const recallKey = () => recall("localStorage", "key") ?? recall("sessionStorage", "key");

export function keepKey(key, remember) {
  keep("localStorage", "key", remember ? key : null);
  keep("sessionStorage", "key", remember ? null : key);
}

export function signOut() {
  keepKey(null, false);
  session.set({ key: null, who: null });
}

/** Where one is: `#tab` or `#tab/id`. */
export const place = createStore(read(location.hash));

function read(hash) {
  const [tab, id] = hash.replace(/^#/, "").split("/");
  return { tab: tab || "make", id: id ? decodeURIComponent(id) : null };
}

window.addEventListener("hashchange", () => place.set(read(location.hash)));

/** Goes there, and into the browser's history. */
export function go(tab, id = null) {
  location.hash = id ? `${tab}/${encodeURIComponent(id)}` : tab;
}
