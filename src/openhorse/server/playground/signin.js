// A key comes in; who it is goes into the session.
import { get } from "./api.js";
import { Mark } from "./icons.js";
import { keepKey, session } from "./state.js";
import { html, useState } from "./ui.js";
import { plainly, t } from "./words.js";

/** Asks the server whose key this is, and what is on offer. Throws Trouble. */
export async function signIn(key) {
  const [usage, catalog] = await Promise.all([get("usage", { key }), get("catalog", { key })]);
  session.set({ key, who: usage.key, catalog });
}

export function SignIn() {
  const [key, setKey] = useState("");
  const [remember, setRemember] = useState(false);
  const [trouble, setTrouble] = useState(null);
  const [busy, setBusy] = useState(false);

  async function submit(event) {
    event.preventDefault();
    setBusy(true);
    setTrouble(null);
    try {
      await signIn(key.trim());
      keepKey(key.trim(), remember);
      setTimeout(() => document.getElementById("content")?.focus({ preventScroll: true })); // this form, and the focus in it, are gone
    } catch (error) {
      setTrouble(error);
      setBusy(false);
    }
  }

  return html`<main id="content" class="welcome" tabindex="-1">
    <div class="welcome-words">
      <h1>${t("welcome_title")}</h1>
      <p class="lead">${t("welcome_text")}</p>
      <p class="quiet">${t("honest")}</p>
    </div>
    <form class="card welcome-form" onSubmit=${submit}>
      <${Mark} size=${36} />
      <label class="field">
        <span class="label">${t("api_key")}</span>
        <input
          class="input mono"
          type="password"
          name="key"
          autocomplete="current-password"
          spellcheck=${false}
          required
          placeholder="sk-…"
          value=${key}
          aria-invalid=${trouble ? "true" : undefined}
          aria-describedby=${trouble ? "key-trouble" : undefined}
          onInput=${(event) => setKey(event.target.value)}
        />
      </label>
      ${trouble && html`<${Problem} id="key-trouble" trouble=${trouble} brief=${trouble.status === 401} />`}
      <label class="check">
        <input type="checkbox" checked=${remember} onChange=${(event) => setRemember(event.target.checked)} />
        <span>${t("remember")}</span>
      </label>
      <button class="button primary" disabled=${busy}>${t(busy ? "signing_in" : "sign_in")}</button>
      <details class="hint">
        <summary>${t("where_key")}</summary>
        <p>${t("where_key_first")}</p>
        <pre class="code" tabindex="0">Your API key, shown this once: sk-…</pre>
        <p>${t("where_key_new")}</p>
        <pre class="code" tabindex="0">scripts/run keys create</pre>
      </details>
    </form>
  </main>`;
}

/** A Trouble, said aloud: what happened, and the server's own words unless `brief`. */
export function Problem({ id, trouble, brief = false, onRetry }) {
  const { title, detail } = plainly(trouble);
  return html`<div id=${id} class="problem" role="alert">
    <strong>${title}</strong>
    ${!brief && detail && html`<span>${detail}</span>`}
    ${onRetry && html`<button type="button" class="button small" onClick=${onRetry}>${t("try_again")}</button>`}
  </div>`;
}
