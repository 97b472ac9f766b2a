// What stands in the bar beside "Make", and what shows an order as code.

/** Each `{name, label, view}`: the address after `#`, the word's name, the component (it is given `id`). */
export const PANELS = [];

/** A component that is given `body`, an order for POST /openhorse/v1/tasks; null while there is none. */
export const Code = null;
