// How each dialect is spoken over plain HTTP: where to post, where to ask, and where its answers keep what matters.
// Places in an answer are written as jq and JavaScript both have them, `.data.output[0].url`.

/** Words of the states in which a task has not ended; a film is there in the state `done`. */
export const PROTOCOLS = {
  native: {
    create: "/openhorse/v1/tasks",
    id: ".id",
    query: (id) => `/openhorse/v1/tasks/${id}?wait=30`,
    state: ".status",
    open: ["queued", "running", "storing"],
    film: ".film.url",
    refusal: ".error.message",
    failure: ".error.message",
  },
  hiapi: {
    create: "/v1/tasks",
    id: ".data.taskId",
    query: (id) => `/v1/tasks/${id}`,
    state: ".data.status",
    open: ["queued", "handling", "archiving"],
    film: ".data.output[0].url",
    refusal: ".message",
    failure: ".data.error.message",
  },
  wavespeed: {
    create: "/api/v3/",
    id: ".data.id",
    query: (id) => `/api/v3/predictions/${id}/result`,
    state: ".data.status",
    open: ["created", "processing"],
    film: ".data.outputs[0]",
    refusal: ".message",
    failure: ".data.error",
  },
  evolink: {
    create: "/v1/videos/generations",
    id: ".id",
    query: (id) => `/v1/tasks/${id}`,
    state: ".status",
    open: ["pending", "processing"],
    film: ".results[0]",
    refusal: ".error.message",
    failure: ".error.message",
  },
  dashscope: {
    create: "/api/v1/services/aigc/video-generation/video-synthesis",
    headers: { "X-DashScope-Async": "enable" },
    id: ".output.task_id",
    query: (id) => `/api/v1/tasks/${id}`,
    state: ".output.task_status",
    open: ["PENDING", "RUNNING"],
    film: ".output.video_url",
    refusal: ".message",
    failure: ".output.message",
  },
  openai: {
    create: "/v1/videos",
    id: ".id",
    query: (id) => `/v1/videos/${id}`,
    state: ".status",
    open: ["queued", "in_progress"],
    content: (id) => `/v1/videos/${id}/content`,
    refusal: ".error.message",
    failure: ".error.message",
  },
};

/** Where to post: WaveSpeed has the model in the path, and the callback's address in the query. */
export function createPath(said) {
  const path = PROTOCOLS[said.dialect].create;
  if (said.dialect !== "wavespeed") return path;
  return `${path}${said.model}${said.callback ? `?webhook=${encoded(said.callback)}` : ""}`;
}

/** Percent-encoded whole, so that it needs no quotes anywhere. */
function encoded(text) {
  return encodeURIComponent(text).replaceAll(/[!'()*~]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** The body to post, with `pictures` as its addresses, whatever stands for those in a language. */
export function bodyOf(said, pictures) {
  const callback = said.callback || undefined;
  switch (said.dialect) {
    case "native":
      return { ...said.fields, ...pictureFields(said, pictures), ...(callback && { callback: { url: callback } }) };
    case "hiapi":
      return {
        model: said.model,
        input: { ...said.fields, ...pictureFields(said, pictures) },
        ...(callback && { callback: { url: callback, when: "final" } }),
      };
    case "evolink":
      return { ...said.fields, ...pictureFields(said, pictures), ...(callback && { callback_url: callback }) };
    case "dashscope":
      return {
        model: said.model,
        input: { ...(said.prompt && { prompt: said.prompt }), ...pictureFields(said, pictures) },
        parameters: said.fields,
      };
    default:
      return { ...said.fields, ...pictureFields(said, pictures) };
  }
}

const PICTURE_FIELDS = {
  native: { "image-to-video": ([first]) => ({ image: first }), "reference-to-video": (all) => ({ references: all }) },
  hiapi: {
    "image-to-video": (all) => ({ image_urls: all }),
    "reference-to-video": (all) => ({ reference_image: all }),
  },
  wavespeed: { "image-to-video": ([first]) => ({ image: first }), "reference-to-video": (all) => ({ images: all }) },
  evolink: { "image-to-video": (all) => ({ image_urls: all }), "reference-to-video": (all) => ({ image_urls: all }) },
  dashscope: {
    "image-to-video": (all) => ({ media: media("first_frame", all) }),
    "reference-to-video": (all) => ({ media: media("reference_image", all) }),
  },
  openai: {
    "image-to-video": ([first]) => ({ input_reference: first }),
    "reference-to-video": (all) => ({ reference_images: all }),
  },
};

/** The fields that hold the pictures. */
export function pictureFields(said, pictures) {
  return PICTURE_FIELDS[said.dialect][said.mode]?.(pictures) ?? {};
}

function media(type, urls) {
  return urls.map((url) => ({ type, url }));
}
