import type { AnyAuthMethod, AuthenticationType, ParsedKey, Prompt } from 'ssh2';
import type { Logger } from '../../../drivers/api/driver.ts';
import { GuestroomError } from '../../../drivers/api/errors.ts';
import type { HostFiles } from '../../../drivers/api/host.ts';
import type { Ask, SecretsQuestion } from '../../../drivers/api/questions.ts';
import { type KeyFile, readKeyFile, tries, wrongPassphrase } from './key-files.ts';
import { agentKeys, fileOffer, joinOffers, type Offer, OfferedKeys } from './offered-keys.ts';
import type { Hop } from './route.ts';

export interface LoginParts {
  hop: Hop;
  /** user@host:port, as the person knows it. */
  where: string;
  /** Of this computer: keys are here. */
  files: HostFiles;
  ask: Ask | undefined;
  log: Logger;
  signal: AbortSignal;
  /** Does what may take as long as a person does. */
  patiently: <T>(work: () => Promise<T>) => Promise<T>;
  /** Ends the attempt: nothing more is told to the host. */
  stopped: (error: GuestroomError) => void;
}

type Method = Hop['methods'][number];
const wireName: Readonly<Record<Method, AuthenticationType>> = {
  agent: 'publickey',
  privkey: 'publickey',
  password: 'password',
  'keyboard-interactive': 'keyboard-interactive',
};

/** The ways into one host, tried in their order as far as the host takes them. */
export class SshLogin {
  readonly #parts: LoginParts;
  readonly #ways: AsyncGenerator<AnyAuthMethod, undefined>;
  /** What the host still takes. */
  #left: readonly string[] = [];
  /** The host took the last answer, and wants more than that. */
  #partial = false;
  /** For the person: what was tried. */
  readonly #tried: string[] = [];
  #keys: OfferedKeys | undefined;
  /** A key that the host would have taken, and that its agent did not sign with. */
  #silent: string | undefined;
  /** The password was refused in the host's own dialogue: asking by the other way would be the same once more. */
  #passwordRefused = false;
  #stopped: GuestroomError | undefined;
  /** The way that is being tried, as a person knows it. */
  #way = '';

  constructor(parts: LoginParts) {
    this.#parts = parts;
    this.#ways = this.#all();
  }

  /** The next way, for ssh2; false when there is none. */
  async next(left: readonly string[] | null, partial: boolean): Promise<AnyAuthMethod | false> {
    if (this.#stopped) return false;
    if (left) this.#left = left;
    this.#partial = partial;
    try {
      const { value } = await this.#ways.next();
      return value ?? false;
    } catch (thrown) {
      this.#stop(thrown);
      return false;
    }
  }

  /** How the login was done; for the step's detail. */
  get done(): string {
    return `${this.#parts.hop.user}, ${this.#keys?.signed ?? this.#way}`;
  }

  /** Why nobody was let in. */
  get failure(): GuestroomError {
    if (this.#stopped) return this.#stopped;
    const { where, hop, ask } = this.#parts;
    const takes = this.#left.length === 0 ? '' : `; the host takes ${this.#left.join(', ')}`;
    return new GuestroomError('auth_failed', `${where} refuses the login`, {
      detail: `${this.#tried.length === 0 ? 'nothing could be tried' : `tried: ${this.#tried.join(', ')}`}${takes}`,
      hint: this.#hint(hop, ask),
    });
  }

  #hint(hop: Hop, ask: Ask | undefined): string {
    const asks = this.#left.includes('password') || this.#left.includes('keyboard-interactive');
    if (this.#silent !== undefined)
      return `The host knows the key “${this.#silent}”: see that its agent may use it (a token may want to be touched)`;
    if (asks && !ask) return 'Use a key or an agent, or run it where it can ask for the password';
    if (this.#tried.some((way) => way === 'password' || way === 'the host’s questions'))
      return `Check the user name (${hop.user}) and the password`;
    return `Put your public key into ~/.ssh/authorized_keys of ${hop.user} on the host, or choose another user or key`;
  }

  #stop(thrown: unknown): GuestroomError {
    this.#stopped ??=
      thrown instanceof GuestroomError
        ? thrown
        : new GuestroomError('auth_failed', `${this.#parts.where}: the login failed`, {
            detail: thrown instanceof Error ? thrown.message : String(thrown),
            hint: 'If the key is in an agent, see that it may be used there',
            cause: thrown,
          });
    return this.#stopped;
  }

  async *#all(): AsyncGenerator<AnyAuthMethod, undefined> {
    const { user: username, methods } = this.#parts.hop;
    // costs nothing and tells what the host takes
    this.#way = 'nothing asked for';
    yield { type: 'none', username };
    const open = new Set<Method>(methods);
    for (;;) {
      // a host may want several, one after another
      const method = methods.find((each) => open.has(each) && this.#left.includes(wireName[each]));
      if (method === undefined) return undefined;
      if (wireName[method] === 'publickey') {
        open.delete('agent');
        open.delete('privkey');
        yield* this.#byKeys();
      } else {
        open.delete(method);
        yield* method === 'password' ? this.#byPassword() : this.#byDialogue();
      }
    }
  }

  async *#byKeys(): AsyncGenerator<AnyAuthMethod> {
    const { hop } = this.#parts;
    const fromFiles = hop.methods.includes('privkey') ? await this.#fileOffers() : [];
    let fromAgent = await this.#agentOffers();
    // as OpenSSH: then the agent only signs for keys that are named
    if (hop.identitiesOnly || hop.explicitKey) {
      const named = fromFiles.map(({ shown }) => shown.getPublicSSH());
      fromAgent = fromAgent.filter(({ shown }) => named.some((key) => key.equals(shown.getPublicSSH())));
    }
    const offers = joinOffers(fromAgent, fromFiles);
    for (const offer of offers) {
      const { sign } = offer;
      const key = new OfferedKeys([
        { ...offer, sign: (data, options) => this.#parts.patiently(() => sign(data, options)) },
      ]);
      this.#keys = key;
      this.#tried.push(offer.name);
      yield { type: 'agent', username: hop.user, agent: key };
      if (key.failed !== undefined) {
        if (!offer.ofAgent) throw key.failed;
        this.#silent = offer.name;
        this.#parts.log.info('A key of the SSH agent did not sign', { key: offer.name, error: key.failed });
      }
      if (key.signed === undefined) continue;
      // ssh2 does not pass on what is left after a key that was taken, where the host wants more than that
      yield { type: 'none', username: hop.user };
      if (!this.#left.includes('publickey')) return;
    }
  }

  async #agentOffers(): Promise<Offer[]> {
    const { agent, methods } = this.#parts.hop;
    if (agent === undefined || !methods.includes('agent')) return [];
    try {
      return await agentKeys(agent, this.#parts.signal);
    } catch (error) {
      this.#parts.log.info('The SSH agent does not answer', { agent, error });
      return [];
    }
  }

  async #fileOffers(): Promise<Offer[]> {
    const { files, hop } = this.#parts;
    const offers: Offer[] = [];
    for (const path of hop.identityFiles) {
      try {
        const file = await readKeyFile(files, path, this.#passphrase);
        if (file) offers.push(fileOffer(file, this.#unlock));
        else if (hop.explicitKey)
          throw new GuestroomError('not_found', `There is no key at ${path}`, {
            hint: 'Check the path of the key file',
          });
      } catch (thrown) {
        // one of the usual places has something that is no key for us: the others may do
        if (hop.explicitKey || !(thrown instanceof GuestroomError) || thrown.code === 'auth_failed')
          throw thrown;
        this.#parts.log.info('A key file is left out', { path, error: thrown });
      }
    }
    return offers;
  }

  readonly #passphrase = async (path: string, again: boolean): Promise<string> => {
    const [passphrase] = await this.#secrets({
      about: 'passphrase',
      who: path,
      file: path,
      prompts: [{ text: '', echo: false }],
      again,
    });
    return passphrase ?? '';
  };

  readonly #unlock = async (file: KeyFile): Promise<ParsedKey> => {
    for (let attempt = 0; attempt < tries; attempt += 1) {
      const key = file.unlock(await this.#passphrase(file.path, attempt > 0));
      if (key) return key;
    }
    throw wrongPassphrase(file.path);
  };

  async *#byPassword(): AsyncGenerator<AnyAuthMethod> {
    if (!this.#parts.ask || this.#passwordRefused) return;
    const { user: username } = this.#parts.hop;
    this.#tried.push('password');
    this.#way = 'password';
    for (let attempt = 0; attempt < tries && this.#left.includes('password'); attempt += 1) {
      const [password = ''] = await this.#secrets(this.#passwordQuestion(attempt > 0 && !this.#partial));
      yield { type: 'password', username, password };
    }
  }

  #passwordQuestion(again: boolean): Omit<SecretsQuestion, 'kind'> {
    const { where, hop } = this.#parts;
    return { about: 'password', who: where, user: hop.user, prompts: [{ text: '', echo: false }], again };
  }

  async *#byDialogue(): AsyncGenerator<AnyAuthMethod> {
    if (!this.#parts.ask) return;
    const { user: username } = this.#parts.hop;
    this.#tried.push('the host’s questions');
    this.#way = 'the host’s questions';
    for (let attempt = 0; attempt < tries && this.#left.includes('keyboard-interactive'); attempt += 1) {
      let passwords = 0;
      let others = 0;
      const again = attempt > 0 && !this.#partial;
      yield {
        type: 'keyboard-interactive',
        username,
        prompt: (name, instructions, _language, prompts, finish) => {
          const asked = prompts.map(({ prompt, echo = false }: Prompt) => ({ text: prompt, echo }));
          const password = isPasswordPrompt(asked);
          if (password) passwords += 1;
          else others += 1;
          const instruction = [name, instructions].filter(Boolean).join('\n');
          const question: Omit<SecretsQuestion, 'kind'> = password
            ? this.#passwordQuestion(again)
            : {
                about: 'prompts',
                who: this.#parts.where,
                user: username,
                prompts: asked,
                ...(instruction === '' ? {} : { instruction }),
                again,
              };
          this.#secrets(question).then(
            (secrets) => finish([...secrets]),
            // an empty answer would count as a wrong one
            (error: unknown) => this.#parts.stopped(this.#stop(error)),
          );
        },
      };
      this.#passwordRefused ||= passwords > 0 && others === 0 && !this.#partial;
    }
  }

  async #secrets(question: Omit<SecretsQuestion, 'kind'>): Promise<readonly string[]> {
    const { ask, where, signal } = this.#parts;
    const answer = await ask?.({ kind: 'secrets', ...question }, signal);
    if (answer) return answer.secrets;
    if (!ask && question.about === 'passphrase') {
      throw new GuestroomError('auth_failed', `The key ${question.who} has a passphrase`, {
        hint: 'Add the key to the SSH agent with ssh-add, or run it where it can ask',
      });
    }
    throw new GuestroomError('auth_failed', `${where}: the login was given up`, {
      hint: 'Try again to be asked anew',
    });
  }
}

/** The usual question of a host that asks for the account's password in its own words: that can be remembered, codes cannot. */
const isPasswordPrompt = (prompts: readonly { text: string; echo: boolean }[]): boolean =>
  prompts.length === 1 &&
  prompts[0]?.echo === false &&
  /^(\([^)]*\)\s*)?([\w.@-]+'s\s+)?password(\s+for\s+\S+)?\s*:\s*$/i.test(prompts[0].text);
