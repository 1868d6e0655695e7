import { en } from './en.ts';
import type { Texts } from './en.ts';

/** What a person can choose; `system` follows the browser's or system's preference. */
export const languageChoices = ['system', 'en', 'zh-CN'] as const;
export type LanguageChoice = (typeof languageChoices)[number];
export type Language = Exclude<LanguageChoice, 'system'>;

/** Each language in its own words. */
export const languageNames: Record<Language, string> = { en: 'English', 'zh-CN': '简体中文' };

const load: Record<Language, () => Promise<Texts>> = {
  en: () => Promise.resolve(en),
  // not part of the first script: only who reads Chinese loads it
  'zh-CN': async () => (await import('./zh-CN.ts')).zhCN,
};

/** The best of our languages for the system's list of preferences. */
export function preferredLanguage(preferences: readonly string[]): Language {
  for (const preference of preferences) {
    const base = preference.toLowerCase().split('-')[0];
    if (base === 'zh') return 'zh-CN';
    if (base === 'en') return 'en';
  }
  return 'en';
}

class I18n {
  /** The language on the screen now. */
  language: Language = $state('en');
  texts: Texts = $state.raw(en);
  #asked = 0;

  /** Switches; resolves once the texts are there. The last of several calls wins. */
  async use(choice: LanguageChoice): Promise<void> {
    const language = choice === 'system' ? preferredLanguage(navigator.languages) : choice;
    const turn = ++this.#asked;
    const texts = await load[language]();
    if (turn !== this.#asked) return;
    this.language = language;
    this.texts = texts;
    document.documentElement.lang = language;
  }
}

export const i18n = new I18n();

/** The current texts: `t.app.name`. Reading it in a component or `$derived` follows the language. */
export const t: Texts = {
  get app() {
    return i18n.texts.app;
  },
  get connect() {
    return i18n.texts.connect;
  },
  get create() {
    return i18n.texts.create;
  },
  get domain() {
    return i18n.texts.domain;
  },
  get list() {
    return i18n.texts.list;
  },
  get model() {
    return i18n.texts.model;
  },
  get parts() {
    return i18n.texts.parts;
  },
  get terminal() {
    return i18n.texts.terminal;
  },
  get transfer() {
    return i18n.texts.transfer;
  },
};
