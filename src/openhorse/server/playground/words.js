// Every word of the page, English and Chinese, side by side so that none is missing.
import { settings } from "./state.js";

const WORDS = {};

/** Adds words: `{name: ["English", "中文"]}`, with `{n}` where a value goes. */
export function teach(words) {
  Object.assign(WORDS, words);
}

/** The text for `name` in the chosen language; a name without a text is shown as it is. */
export function t(name, values = {}) {
  const texts = WORDS[name];
  if (!texts) return name;
  const text = texts[settings.get().language === "zh" ? 1 : 0];
  return text.replace(/\{(\w+)\}/g, (whole, value) => (value in values ? values[value] : whole));
}

/** Whether there is a text for `name`. */
export const known = (name) => name in WORDS;

/** A Trouble in plain words: what happened, and what the server said about it where that tells more. */
export function plainly(trouble) {
  const name = `error_${trouble.code}`;
  return { title: t(known(name) ? name : "error_error"), detail: trouble.message || "" };
}

teach({
  tab_make: ["Make", "制作"],
  skip: ["Skip to the content", "跳到正文"],
  sections: ["Sections", "栏目"],
  language_other: ["中文", "English"],
  language_switch: ["用中文显示本页", "Show this page in English"],
  theme: ["Colours", "配色"],
  theme_: ["Colours: as the system", "配色：跟随系统"],
  theme_light: ["Colours: light", "配色：浅色"],
  theme_dark: ["Colours: dark", "配色：深色"],
  documentation: ["API documentation", "API 文档"],
  sign_out: ["Sign out", "退出"],
  signed_in_as: ["Signed in with the key {label}", "已用密钥 {label} 登录"],
  sign_in: ["Sign in", "登录"],
  signing_in: ["Looking …", "正在验证……"],
  api_key: ["API key", "API 密钥"],
  remember: ["Remember it on this machine", "在这台电脑上记住"],
  welcome_title: ["A line of text.\nA film with sound.", "一行文字，\n一段有声影片。"],
  welcome_text: [
    "OpenHorse speaks every HappyHorse dialect and makes the films on this machine.",
    "OpenHorse 会说 HappyHorse 的每一种接口方言，影片就在这台机器上生成。",
  ],
  honest: [
    "The procedural engine computes its pictures and its sound. It is not a neural model, and looks like an animated film.",
    "过程化引擎用算法计算画面与声音。它不是神经网络模型，效果像一部动画片。",
  ],
  where_key: ["Where do I find the key?", "密钥在哪里？"],
  where_key_first: [
    "The server printed one when it started for the first time, in the terminal where it runs:",
    "服务器首次启动时，会在运行它的终端里打印一个：",
  ],
  where_key_new: ["Lost it? Whoever runs the server can make another:", "丢了？运行服务器的人可以再建一个："],
  close: ["Close", "关闭"],
  try_again: ["Try again", "再试一次"],
  loading: ["Loading …", "正在载入……"],
  error_error: ["Something went wrong.", "出错了。"],
  error_unreachable: ["The server does not answer. Is it still running?", "服务器没有回应。它还在运行吗？"],
  error_bad_request: ["The server did not understand that.", "服务器不明白这个请求。"],
  error_malformed_request: ["The server did not understand that.", "服务器不明白这个请求。"],
  error_request_too_large: ["That is too large.", "太大了。"],
  error_request_timed_out: ["Sending took too long.", "发送用时太久。"],
  error_invalid_order: ["This cannot be ordered as it stands.", "这样还不能提交。"],
  error_unknown_model: ["This model is not on offer.", "没有这个模型。"],
  error_picture_refused: ["This picture cannot be used.", "这张图片不能用。"],
  error_address_refused: ["The server does not open this address.", "服务器不会打开这个地址。"],
  error_missing_key: ["Please sign in.", "请先登录。"],
  error_wrong_key: ["The server does not know this key.", "服务器不认识这个密钥。"],
  error_not_permitted: ["This key may not do that.", "这个密钥没有此权限。"],
  error_not_found: ["It is not there, or not yours.", "不存在，或不属于你。"],
  error_gone: ["The film has expired.", "影片已过期。"],
  error_insufficient_balance: ["The key's credit does not cover the price.", "密钥余额不足。"],
  error_budget_exceeded: ["The key's budget does not cover the price.", "超出密钥的预算。"],
  error_storage_quota_exceeded: ["The key's storage is full.", "密钥的存储空间已满。"],
  error_storage_full: ["The server's storage is full.", "服务器的存储空间已满。"],
  error_database_full: ["The server's disk is full.", "服务器的磁盘已满。"],
  error_database_unavailable: ["The server's database does not answer.", "服务器的数据库没有回应。"],
  error_too_many_tasks: ["Too many films are waiting for this key.", "这个密钥排队的影片太多。"],
  error_queue_full: ["The server's queue is full.", "服务器的队列已满。"],
  error_rate_limited: ["That was a little fast. Wait a moment.", "太快了，请稍等。"],
  error_busy: ["The server is busy. Wait a moment.", "服务器正忙，请稍等。"],
  error_cancelled: ["Cancelled.", "已取消。"],
  error_upstream_error: ["Another server failed.", "另一台服务器出错。"],
  error_picture_unreachable: ["A picture could not be fetched.", "有图片无法取得。"],
  error_internal_error: ["The server failed; nothing was charged.", "服务器内部出错；没有收费。"],
  error_engine_failed: ["The engine failed while making the film; nothing was charged.", "引擎生成影片时出错；没有收费。"],
  error_engine_timed_out: ["The film took too long to make; nothing was charged.", "生成影片用时太久；没有收费。"],
  error_storage_failed: ["The film could not be stored; nothing was charged.", "影片无法保存；没有收费。"],
  error_film_rejected: ["Our own inspection rejected the film; nothing was charged.", "影片未通过自检；没有收费。"],
  error_idempotency_mismatch: ["This order was already sent, with other words.", "此订单已用其他内容提交过。"],
  error_idempotency_in_flight: ["This order is being taken in already.", "此订单正在受理中。"],
});
