// A value comes in, the text that means it in a language goes out: whatever a prompt holds, it arrives as it was written.
// Knows no vendor and no request.

/** Code that stands as it is, where a value is expected: an upload's answer, say. */
export class Code {
  constructor(text) {
    this.text = text;
  }
}

const WORDS = {
  python: { true: "True", false: "False", null: "None", indent: "    ", name: (key) => `${string(key)}: ` },
  javascript: { true: "true", false: "false", null: "null", indent: "  ", name: (key) => `${bare(key)}: ` },
};

/** A text in double quotes. JSON's escapes mean the same in Python and JavaScript, and in both they are all there are. */
export function string(text) {
  return JSON.stringify(text);
}

/** `value` as a literal of `language`; what has parts stands on lines of its own, `depth` steps in. */
export function literal(value, language, depth = 0) {
  const words = WORDS[language];
  if (value instanceof Code) return value.text;
  if (typeof value === "string") return string(value);
  if (typeof value === "number") return String(value);
  if (value === null || typeof value === "boolean") return words[String(value)];
  const inner = (part) => literal(part, language, depth + 1);
  const list = Array.isArray(value);
  const parts = list ? value.map(inner) : Object.entries(value).map(([key, part]) => words.name(key) + inner(part));
  const [open, close] = list ? "[]" : "{}";
  const gap = list || language === "python" || !parts.length ? "" : " ";
  const flat = `${open}${gap}${parts.join(", ")}${gap}${close}`;
  if (flat.length <= 60 && !flat.includes("\n")) return flat;
  return `${open}\n${lines(parts, words.indent, depth + 1)}${words.indent.repeat(depth)}${close}`;
}

/** Python's `name(a=…, b=…)`, an argument a line. */
export function call(name, given) {
  const parts = Object.entries(given).map(([key, value]) => `${key}=${literal(value, "python", 1)}`);
  return `${name}(\n${lines(parts, WORDS.python.indent, 1)})`;
}

function lines(parts, indent, depth) {
  return parts.map((part) => `${indent.repeat(depth)}${part},\n`).join("");
}

function bare(key) {
  return /^[A-Za-z_$][\w$]*$/.test(key) ? key : string(key);
}

/** One word of a POSIX shell, in single quotes where it needs any. */
export function shell(text) {
  return /^[\w.:/=,%+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** A file as curl's `--form` names it. */
export function formFile(name, type) {
  return `@"${name.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}";type=${type}`;
}
