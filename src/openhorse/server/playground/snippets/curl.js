// What a dialect can say comes in, a shell script of curl and jq goes out. It can be pasted: it never ends the shell.

import { Code, formFile, shell } from "./literals.js";
import { PROTOCOLS, bodyOf, createPath, pictureFields } from "./protocols.js";

const JSON_TYPE = "-H 'Content-Type: application/json'";

/** The script: uploads, the order, the wait, the film. */
export function curl(said, base) {
  const protocol = PROTOCOLS[said.dialect];
  const pictures = said.pictures.map((picture, index) => ({ ...picture, variable: `picture${index + 1}` }));
  return [
    `BASE=${shell(base)}`,
    'AUTH="Authorization: Bearer $OPENHORSE_API_KEY"',
    "",
    ...pictures.filter((picture) => picture.file).flatMap((picture) => bring(said.dialect, picture)),
    ...(said.dialect === "openai" ? form(said, pictures) : order(said, protocol, pictures)),
    "",
    ...wait(protocol),
    "",
    ...save(protocol),
    "",
  ].join("\n");
}

/** The lines that bring a file to the server, or into the form in which its address can hold it. */
function bring(dialect, { file, kind, variable }) {
  const upload = (path, given, place, refusal) => [
    `${variable}=$(`,
    `  curl -sS "$BASE${path}" -H "$AUTH" ${given} |`,
    `  jq -r '${place} // error(${refusal})'`,
    ")",
  ];
  const asBody = `-H 'Content-Type: ${kind}' --data-binary ${shell(`@${file}`)}`;
  const asForm = `-F ${shell(`file=${formFile(file, kind)}`)}`;
  switch (dialect) {
    case "native":
      return upload("/openhorse/v1/uploads", asBody, ".id", ".error.message");
    case "wavespeed":
      return upload("/api/v3/media/upload/binary", asForm, ".data.download_url", ".message");
    case "evolink":
      return upload("/api/v1/files/upload/stream", asForm, ".data.file_url", ".error.message");
    case "openai":
      return [];
    default:
      return [`{ printf 'data:${kind};base64,'; base64 < ${shell(file)} | tr -d '\\n'; } > ${variable}.txt`];
  }
}

/** POST of a body that stands in the script as it is; jq puts in the addresses that only the shell knows. */
function order(said, protocol, pictures) {
  const files = pictures.filter((picture) => picture.file);
  const body = bodyOf(said, pictures.map((picture) => picture.url ?? new Code(picture.variable)));
  const headers = Object.entries(protocol.headers ?? {}).map(([name, value]) => ` -H '${name}: ${value}'`);
  const post = [
    `  curl -sS "$BASE${createPath(said)}" \\`,
    `    -H "$AUTH" ${JSON_TYPE}${headers.join("")} -d @-`,
  ].join("\n");
  const shown = JSON.stringify(body, (_, value) => (value instanceof Code ? `$${value.text}` : value), 2);
  return [
    "id=$(",
    files.length ? `  jq ${named(said, files)} '${fillIn(body)}' <<'JSON' |` : `${post} <<'JSON' |`,
    shown,
    "JSON",
    ...(files.length ? [`${post} |`] : []),
    `  jq -r '${protocol.id} // error(${protocol.refusal})'`,
    ")",
  ];
}

function named({ dialect }, files) {
  const inline = dialect === "hiapi" || dialect === "dashscope";
  const words = files.map(({ variable }) =>
    inline ? `--rawfile ${variable} ${variable}.txt` : `--arg ${variable} "$${variable}"`,
  );
  return words.join(" ");
}

/** A jq program that puts each file's address in its place in the body. */
function fillIn(body) {
  return [...places(body)].map(([place, { text }]) => `${place} = $${text}`).join(" | ");
}

function* places(value, place = "") {
  if (value instanceof Code) yield [place, value];
  else if (Array.isArray(value)) for (const [index, part] of value.entries()) yield* places(part, `${place}[${index}]`);
  else if (value && typeof value === "object")
    for (const [key, part] of Object.entries(value)) yield* places(part, `${place}.${key}`);
}

function form(said, pictures) {
  const fields = { ...said.fields, ...(said.seed !== null && { seed: said.seed }) };
  const texts = Object.entries(fields).map(([name, value]) => `--form-string ${shell(`${name}=${value}`)}`);
  const [field] = Object.keys(pictureFields(said, [""]));
  const sent = pictures.map(({ url, file, kind }) =>
    url ? `--form-string ${shell(`${field}[image_url]=${url}`)}` : `-F ${shell(`${field}=${formFile(file, kind)}`)}`,
  );
  return [
    "id=$(",
    '  curl -sS "$BASE/v1/videos" -H "$AUTH" \\',
    ...[...texts, ...sent].map((part, index, all) => `    ${part} ${index === all.length - 1 ? "|" : "\\"}`),
    "  jq -r '.id // error(.error.message)'",
    ")",
  ];
}

function wait(protocol) {
  return [
    "while",
    `  task=$(curl -sS "$BASE${protocol.query("$id")}" -H "$AUTH")`,
    `  case $(printf %s "$task" | jq -r ${protocol.state}) in`,
    `    ${protocol.open.join(" | ")}) true ;;`,
    "    *) false ;;",
    "  esac",
    "do sleep 2; done",
  ];
}

function save({ film, failure, content }) {
  if (!content) return [`curl -sSfL -o film.mp4 "$(printf %s "$task" | jq -r '${film} // error(${failure})')"`];
  const told = `if .status == "completed" then empty else error(${failure}) end`;
  return [`printf %s "$task" | jq '${told}' &&`, `  curl -sSfL -o film.mp4 "$BASE${content("$id")}" -H "$AUTH"`];
}
