// What stands in the bar beside "Make", and what shows an order as code.
import { Callbacks } from "./callbacks.js";
import { Films } from "./films.js";
import { Usage } from "./usage.js";
import "./words-panels.js";

export { Code } from "./code.js";

/** Each `{name, label, view}`: the address after `#`, the word's name, the component (it is given `id` and `shown`). */
export const PANELS = [
  { name: "films", label: "tab_films", view: Films },
  { name: "usage", label: "tab_usage", view: Usage },
  { name: "callbacks", label: "tab_callbacks", view: Callbacks },
];
