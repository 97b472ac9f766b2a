// The page's snippets for a test in Python: a request a line comes in, a line with the programs and what they send goes out.
import { createInterface } from "node:readline";

const { snippet } = await import(process.argv[2]);
const UP = "https://example.com/up";
const AsyncFunction = Object.getPrototypeOf(async () => {}).constructor;

/** What a module sends first: its imports and `fetch` are replaced by what notes that and stops. */
async function sentBy(code) {
  let sent = null;
  const stop = (given) => {
    sent = given;
    throw new Error("enough");
  };
  const client = { run: (_, given) => stop(given), videos: { create: stop }, upload: async (path) => `file:${path}` };
  const given = {
    readFile: async () => "",
    createReadStream: (path) => `file:${path}`,
    writeFile: null,
    sleep: null,
    wavespeed: { Client: function () { return client; } },
    OpenAI: function () { return client; },
    process: { env: {} },
    fetch: async (url, { body }) =>
      /uploads$|stream$/.test(url) ? { ok: true, json: async () => ({ id: UP, data: { file_url: UP } }) } : stop(JSON.parse(body)),
  };
  const body = code.replaceAll(/^import .*$/gm, "");
  await new AsyncFunction(...Object.keys(given), body)(...Object.values(given)).catch((error) => {
    if (error.message !== "enough") throw error;
  });
  return sent;
}

for await (const line of createInterface({ input: process.stdin })) {
  const { request, ...where } = JSON.parse(line);
  const made = {};
  for (const language of ["curl", "python", "javascript"]) made[language] = snippet(request, { ...where, language });
  console.log(JSON.stringify({ made, sent: await sentBy(made.javascript.code) }));
}
