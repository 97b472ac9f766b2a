// The page's frame: who is signed in, where one is, and the bar above it.
import { Icon, Mark } from "./icons.js";
import { Make } from "./make.js";
import { PANELS } from "./panels.js";
import { Problem, SignIn, signIn } from "./signin.js";
import { place, recallKey, session, settings, signOut, useStore } from "./state.js";
import { html, render, useEffect, useState } from "./ui.js";
import { t } from "./words.js";

const TABS = [{ name: "make", label: "tab_make", view: Make }, ...PANELS];
const THEMES = { "": "half", light: "sun", dark: "moon" };

function App() {
  const { language, theme } = useStore(settings);
  const { key, who } = useStore(session);
  const { tab } = useStore(place);
  const [trouble, setTrouble] = useState(null);
  const [looking, setLooking] = useState(Boolean(recallKey()));

  useEffect(() => {
    document.documentElement.lang = language === "zh" ? "zh-Hans" : "en";
    document.documentElement.dataset.theme = theme;
  }, [language, theme]);

  const resume = () => {
    setTrouble(null);
    const kept = recallKey();
    if (!kept) return setLooking(false);
    return signIn(kept)
      .catch((error) => (error.status === 401 ? signOut() : setTrouble(error)))
      .finally(() => setLooking(false));
  };
  useEffect(resume, []);

  const shown = TABS.find(({ name }) => name === tab) ?? TABS[0];
  return html`
    <a class="skip" href="#content" onClick=${jump}>${t("skip")}</a>
    <header class="bar">
      <a class="brand" href="#make"><${Mark} /><span>OpenHorse</span></a>
      ${key && TABS.length > 1 && html`<${Tabs} current=${shown.name} />`}
      <div class="bar-end">
        <${LanguageSwitch} /><${ThemeSwitch} theme=${theme} />
        ${key && html`<button class="button quiet-button" title=${t("signed_in_as", { label: who.label || who.prefix })} onClick=${signOut}>
          ${t("sign_out")}
        </button>`}
      </div>
    </header>
    ${trouble && html`<main id="content" class="page" tabindex="-1"><${Problem} trouble=${trouble} onRetry=${resume} /></main>`}
    ${!trouble && !key && !looking && html`<${SignIn} />`}
    ${!trouble && key && TABS.map(({ name, view }) => html`<${Page} key=${name} name=${name} view=${view} hidden=${name !== shown.name} />`)}
    <footer class="foot"><a href="docs">${t("documentation")}</a>${key && html`<span>${t("honest")}</span>`}</footer>
  `;
}

/** A panel is drawn when it is first gone to, and kept, so that nothing in it is lost by looking at another. */
function Page({ name, view, hidden }) {
  const { id } = useStore(place);
  const [wanted, setWanted] = useState(!hidden);
  useEffect(() => {
    if (!hidden) setWanted(true);
  }, [hidden]);
  if (!wanted && hidden) return null;
  return html`<main id=${hidden ? undefined : "content"} class="page page-${name}" tabindex="-1" hidden=${hidden}>
    <${view} id=${hidden ? null : id} shown=${!hidden} />
  </main>`;
}

function Tabs({ current }) {
  return html`<nav class="tabs" aria-label=${t("sections")}>
    ${TABS.map(
      ({ name, label }) => html`<a href="#${name}" aria-current=${name === current ? "page" : undefined}>${t(label)}</a>`,
    )}
  </nav>`;
}

function LanguageSwitch() {
  const turn = () => settings.set(({ language }) => ({ language: language === "zh" ? "en" : "zh" }));
  const other = settings.get().language === "zh" ? "en" : "zh-Hans";
  return html`<button class="button quiet-button" lang=${other} aria-label=${t("language_switch")} onClick=${turn}>
    ${t("language_other")}
  </button>`;
}

function ThemeSwitch({ theme }) {
  const names = Object.keys(THEMES);
  const turn = () => settings.set({ theme: names[(names.indexOf(theme) + 1) % names.length] });
  const label = t(`theme_${theme}`);
  return html`<button class="button quiet-button round" aria-label=${label} title=${label} onClick=${turn}>
    <${Icon} name=${THEMES[theme] ?? "half"} />
  </button>`;
}

function jump(event) {
  event.preventDefault(); // the address after "#" says where in the page one is
  document.getElementById("content")?.focus();
}


const app = document.getElementById("app");
app.replaceChildren();
render(html`<${App} />`, app);
