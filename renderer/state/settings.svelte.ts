import { defaultSettings } from '../../preload/default-settings.ts';
import type { Settings as Values } from '../../preload/rows.ts';
import { i18n } from '../i18n/index.svelte.ts';
import type { Client } from '../client/index.ts';

export type { Values };

/** The person's settings, the same in every window. A change shows at once and is then saved by main. */
export class Settings {
  values: Values = $state.raw(defaultSettings);
  /** Main has told the saved ones. */
  ready = $state(false);
  /** Main could not read or write them; they hold for this run only. */
  warning: string | undefined = $state();
  #client: Client;
  #onerror: (thrown: unknown) => void;
  /** Changes on their way: what main says meanwhile is older than they are. */
  #pending = new Map<number, Partial<Values>>();
  #turn = 0;

  constructor(client: Client, onerror: (thrown: unknown) => void) {
    this.#client = client;
    this.#onerror = onerror;
  }

  take(message: { settings: Values; warning?: string | undefined }): void {
    let values = message.settings;
    for (const change of this.#pending.values()) values = { ...values, ...change };
    this.values = values;
    this.warning = message.warning;
    this.ready = true;
    this.#show();
  }

  async set(change: Partial<Values>): Promise<void> {
    const turn = ++this.#turn;
    this.#pending.set(turn, change);
    this.values = { ...this.values, ...change };
    this.#show();
    try {
      await this.#client.rpc.settings.set(change);
    } catch (thrown) {
      this.#onerror(thrown);
    } finally {
      this.#pending.delete(turn);
    }
  }

  #show(): void {
    const { theme, language } = this.values;
    document.documentElement.dataset['theme'] = theme === 'system' ? '' : theme;
    i18n.use(language).catch((thrown: unknown) => this.#onerror(thrown));
  }
}
