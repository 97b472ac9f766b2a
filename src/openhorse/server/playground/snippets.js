// A request comes in, the program that makes exactly that film goes out: for every dialect, in three languages.
// Pure: knows no page, and never a key, which each program reads from the environment.

import { curl } from "./snippets/curl.js";
import { MODULES, javascript } from "./snippets/javascript.js";
import { PACKAGES, python } from "./snippets/python.js";
import { worded } from "./snippets/wording.js";

export { DIALECTS, FAMILIES, familyOf } from "./snippets/wording.js";

export const LANGUAGES = { curl: "curl", python: "Python", javascript: "JavaScript" };

const WRITERS = { curl, python, javascript };

/**
 * The program and what is to be known about it: `{ code, install, notes }`.
 *
 * `request` is what the page orders with (see snippets/wording.js), `catalog` what GET /openhorse/v1/catalog answers,
 * `base` this server's address. `install` is a command or null. `notes` are `{ word, … }`: what the dialect cannot say.
 */
export function snippet(request, { dialect, language, base, catalog }) {
  const said = worded(request, dialect, catalog);
  return { code: WRITERS[language](said, base), install: installing(dialect, language), notes: said.notes };
}

function installing(dialect, language) {
  if (language === "python") return `pip install ${PACKAGES[dialect]}`;
  if (language === "javascript") return dialect in MODULES ? `npm install ${MODULES[dialect]}` : null;
  return null;
}
