// What a dialect can say comes in, a Python program goes out: by the vendor's own package where it has one.

import { Code, call, literal, string } from "./literals.js";
import { PROTOCOLS, bodyOf, createPath, pictureFields } from "./protocols.js";

const KEY = 'os.environ["OPENHORSE_API_KEY"]';

/** What has to be installed first, with pip. */
export const PACKAGES = {
  native: "openhorse",
  hiapi: "hiapi",
  wavespeed: "wavespeed",
  evolink: "requests",
  dashscope: "dashscope",
  openai: "openai",
};

/** The program. */
export function python(said, base) {
  return `${PROGRAMS[said.dialect](said, base).join("\n")}\n`;
}

const PROGRAMS = {
  native: (said, base) => [
    "import os",
    "",
    "import openhorse",
    "",
    `client = openhorse.Client(${string(base)}, ${KEY})`,
    call("film = client.make", {
      ...said.fields,
      ...pictureFields(said, said.pictures.map(({ url, file }) => url ?? file)),
      ...(said.callback && { callback: said.callback }),
      output: "film.mp4",
    }),
  ],
  hiapi: (said, base) => [
    ...(hasFiles(said) ? ["import base64"] : []),
    "import os",
    "import urllib.request",
    ...(hasFiles(said) ? ["from pathlib import Path"] : []),
    "",
    "from hiapi import HiAPI",
    "",
    ...(hasFiles(said) ? INLINE : []),
    `client = HiAPI(api_key=${KEY}, base_url=${string(base)})`,
    call("task = client.tasks.run", bodyOf(said, said.pictures.map(inline))),
    'urllib.request.urlretrieve(task.output[0].url, "film.mp4")',
  ],
  wavespeed: (said, base) => [
    "import os",
    "import urllib.request",
    "",
    "import wavespeed",
    "",
    `client = wavespeed.Client(api_key=${KEY}, base_url=${string(base)})`,
    "made = client.run(",
    `    ${string(createPath(said).replace("/api/v3/", ""))},`,
    `    ${literal(bodyOf(said, said.pictures.map(uploaded("client.upload"))), "python", 1)},`,
    ")",
    'urllib.request.urlretrieve(made["outputs"][0], "film.mp4")',
  ],
  evolink: (said, base) => evolink(said, base),
  dashscope: (said, base) => [
    "import os",
    "import urllib.request",
    ...(hasFiles(said) ? ["from pathlib import Path"] : []),
    "",
    "import dashscope",
    "from dashscope import VideoSynthesis",
    "",
    `dashscope.base_http_api_url = ${string(`${base}/api/v1`)}`,
    `dashscope.api_key = ${KEY}`,
    call("done = VideoSynthesis.call", {
      model: said.model,
      ...(said.prompt && { prompt: said.prompt }),
      ...pictureFields(said, said.pictures.map(asUri)),
      ...said.fields,
    }),
    'if done.status_code != 200 or done.output.task_status != "SUCCEEDED":',
    '    raise SystemExit(done.message or done.output.message)',
    'urllib.request.urlretrieve(done.output.video_url, "film.mp4")',
  ],
  openai: (said, base) => openai(said, base),
};

const INLINE = [
  "",
  "def inline(path, kind):",
  '    return f"data:{kind};base64," + base64.b64encode(Path(path).read_bytes()).decode()',
  "",
  "",
];

function evolink(said, base) {
  const { open, create } = PROTOCOLS.evolink;
  const states = open.map(string).join(", ");
  const upload = [
    "def upload(path):",
    '    with open(path, "rb") as file:',
    '        answer = requests.post(f"{BASE}/api/v1/files/upload/stream", headers=HEADERS, files={"file": file})',
    "    answer.raise_for_status()",
    '    return answer.json()["data"]["file_url"]',
    "",
    "",
  ];
  return [
    "import os",
    "import time",
    "import urllib.request",
    "",
    "import requests",
    "",
    `BASE = ${string(base)}`,
    `HEADERS = {"Authorization": f"Bearer {os.environ['OPENHORSE_API_KEY']}"}`,
    "",
    ...(hasFiles(said) ? ["", ...upload] : []),
    `order = ${literal(bodyOf(said, said.pictures.map(uploaded("upload"))), "python")}`,
    `answer = requests.post(BASE + ${string(create)}, headers=HEADERS, json=order)`,
    "answer.raise_for_status()",
    "task = answer.json()",
    `while task["status"] in (${states}):`,
    "    time.sleep(2)",
    '    task = requests.get(f"{BASE}/v1/tasks/{task[\'id\']}", headers=HEADERS).json()',
    'if task["status"] != "completed":',
    '    raise SystemExit(task.get("error", task["status"]))',
    'urllib.request.urlretrieve(task["results"][0], "film.mp4")',
  ];
}

function openai(said, base) {
  const references = said.mode === "reference-to-video";
  const inlined = references && hasFiles(said);
  const [first] = said.pictures;
  const file = first?.file && new Code(`open(${string(first.file)}, "rb")`);
  const extra = {
    ...(said.seed !== null && { seed: said.seed }),
    ...(references && pictureFields(said, said.pictures.map(inline))),
  };
  return [
    ...(inlined ? ["import base64"] : []),
    "import os",
    ...(inlined ? ["from pathlib import Path"] : []),
    "",
    "from openai import OpenAI",
    "",
    ...(inlined ? INLINE : []),
    `client = OpenAI(api_key=${KEY}, base_url=${string(`${base}/v1`)})`,
    call("video = client.videos.create_and_poll", {
      ...said.fields,
      ...(said.mode === "image-to-video" && { input_reference: file ?? { image_url: first.url } }),
      ...(Object.keys(extra).length && { extra_body: extra }),
    }),
    'if video.status != "completed":',
    "    raise SystemExit(video.error)",
    'client.videos.download_content(video.id).write_to_file("film.mp4")',
  ];
}

function hasFiles(said) {
  return said.pictures.some((picture) => picture.file);
}

function inline({ url, file, kind }) {
  return url ?? new Code(`inline(${string(file)}, ${string(kind)})`);
}

function asUri({ url, file }) {
  return url ?? new Code(`Path(${string(file)}).resolve().as_uri()`);
}

function uploaded(name) {
  return ({ url, file }) => url ?? new Code(`${name}(${string(file)})`);
}
