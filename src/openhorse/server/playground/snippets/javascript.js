// What a dialect can say comes in, an ES module for Node goes out: by the vendor's own package where it has one.

import { Code, literal, string } from "./literals.js";
import { PROTOCOLS, bodyOf, createPath, pictureFields } from "./protocols.js";

const KEY = "process.env.OPENHORSE_API_KEY";

const SAVE = (url) => [
  `const film = await fetch(${url});`,
  'await writeFile("film.mp4", Buffer.from(await film.arrayBuffer()));',
];

/** What has to be installed first, with npm. */
export const MODULES = { wavespeed: "wavespeed", openai: "openai" };

/** The module. */
export function javascript(said, base) {
  const write = { wavespeed, openai }[said.dialect] ?? plain;
  return `${write(said, base).join("\n")}\n`;
}

function wavespeed(said, base) {
  const model = createPath(said).replace("/api/v3/", "");
  const given = bodyOf(said, said.pictures.map(fetched("await client.upload")));
  return [
    'import { writeFile } from "node:fs/promises";',
    'import wavespeed from "wavespeed";',
    "",
    `const client = new wavespeed.Client(${KEY}, { baseUrl: ${string(base)} });`,
    `const made = await client.run(${string(model)}, ${literal(given, "javascript")});`,
    ...SAVE("made.outputs[0]"),
  ];
}

function openai(said, base) {
  const given = { ...said.fields, ...(said.seed !== null && { seed: said.seed }) };
  const files = said.pictures.some((picture) => picture.file);
  const pictures = said.pictures.map(({ url, file }) => {
    if (file) return new Code(`createReadStream(${string(file)})`);
    return said.mode === "image-to-video" ? { image_url: url } : url;
  });
  return [
    ...(files ? ['import { createReadStream } from "node:fs";'] : []),
    'import { writeFile } from "node:fs/promises";',
    'import { setTimeout as sleep } from "node:timers/promises";',
    'import OpenAI from "openai";',
    "",
    `const client = new OpenAI({ apiKey: ${KEY}, baseURL: ${string(`${base}/v1`)} });`,
    `let video = await client.videos.create(${literal({ ...given, ...pictureFields(said, pictures) }, "javascript")});`,
    `while (${open(PROTOCOLS.openai)}.includes(video.status)) {`,
    "  await sleep(2000);",
    "  video = await client.videos.retrieve(video.id);",
    "}",
    'if (video.status !== "completed") throw new Error(video.error?.message);',
    "const film = await client.videos.downloadContent(video.id);",
    'await writeFile("film.mp4", Buffer.from(await film.arrayBuffer()));',
  ];
}

/** The dialects that have no package for JavaScript, and ours: by fetch alone. */
function plain(said, base) {
  const protocol = PROTOCOLS[said.dialect];
  const holds = protocol.query("").includes("wait=");
  const reads = said.pictures.some((picture) => picture.file);
  const task = `task${protocol.id}`;
  const headers = { Authorization: new Code(`\`Bearer \${${KEY}}\``), ...protocol.headers };
  return [
    `import { ${reads ? "readFile, " : ""}writeFile } from "node:fs/promises";`,
    ...(holds ? [] : ['import { setTimeout as sleep } from "node:timers/promises";']),
    "",
    `const base = ${string(base)};`,
    `const headers = ${literal(headers, "javascript")};`,
    "",
    ...ASK,
    "",
    ...(reads ? (UPLOADS[said.dialect] ?? []) : []),
    `const order = ${literal(bodyOf(said, said.pictures.map(brought(said.dialect))), "javascript")};`,
    `let task = await ask(${string(protocol.create)}, { method: "POST", body: JSON.stringify(order), type: "application/json" });`,
    `const id = ${task};`,
    ...waiting(protocol, holds),
    `if (!task${optional(protocol.film)}) throw new Error(task${optional(protocol.failure)});`,
    ...SAVE(`task${protocol.film}`),
  ];
}

const ASK = [
  "async function ask(path, { type, ...options } = {}) {",
  '  const more = type ? { "Content-Type": type } : {};',
  "  const answer = await fetch(base + path, { ...options, headers: { ...headers, ...more } });",
  "  if (!answer.ok) throw new Error(await answer.text());",
  "  return answer.json();",
  "}",
];

const UPLOADS = {
  native: [
    "async function upload(path, type) {",
    '  const kept = await ask("/openhorse/v1/uploads", { method: "POST", body: await readFile(path), type });',
    "  return kept.id;",
    "}",
    "",
  ],
  evolink: [
    "async function upload(path, type) {",
    "  const body = new FormData();",
    '  body.set("file", new Blob([await readFile(path)], { type }), path);',
    '  const kept = await ask("/api/v1/files/upload/stream", { method: "POST", body });',
    "  return kept.data.file_url;",
    "}",
    "",
  ],
};

function waiting(protocol, holds) {
  const query = `await ask(\`${protocol.query("${id}")}\`)`;
  const among = (place) => `${open(protocol)}.includes(task${place})`;
  if (holds) return [`while (${among(protocol.state)}) task = ${query};`];
  return ["do {", "  await sleep(2000);", `  task = ${query};`, `} while (${among(protocol.state)});`];
}

function open(protocol) {
  return `[${protocol.open.map(string).join(", ")}]`;
}

function optional(place) {
  return place.replaceAll(/(?<=.)\./g, "?.").replaceAll("[", "?.[");
}

function brought(dialect) {
  return ({ url, file, kind }) => {
    if (url) return url;
    if (UPLOADS[dialect]) return new Code(`await upload(${string(file)}, ${string(kind)})`);
    return new Code(`\`data:${kind};base64,\${await readFile(${string(file)}, "base64")}\``);
  };
}

function fetched(name) {
  return ({ url, file }) => url ?? new Code(`${name}(${string(file)})`);
}
