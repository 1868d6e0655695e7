import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { HostKeyQuestion, SecretsQuestion } from '../../../drivers/api/driver.ts';
import { GuestroomError } from '../../../drivers/api/errors.ts';
import type { Secrets } from '../../../main/platform.ts';
import type { QuestionAnswer, QuestionRow } from '../../../preload/attempts.ts';
import type { NodeRow } from '../../../preload/rows.ts';
import { appInFolder, type AppInFolder, until } from '../app-in-folder.ts';
import { GuardedHost, person } from './guarded.ts';

/** A key store as the system has it, with what stands in it open to the test. */
class KeyStore implements Secrets {
  unavailable: string | undefined;
  broken = false;
  readonly kept = new Map<string, string>();
  /** Secrets only: not which address uses them. */
  get names(): string[] {
    return [...this.kept.keys()].filter((name) => !name.startsWith('ssh secrets of '));
  }
  get(name: string): Promise<string | undefined> {
    return this.#do(() => this.kept.get(name));
  }
  set(name: string, secret: string): Promise<void> {
    return this.#do(() => void this.kept.set(name, secret));
  }
  remove(name: string): Promise<void> {
    return this.#do(() => void this.kept.delete(name));
  }
  #do<T>(work: () => T): Promise<T> {
    return this.broken ? Promise.reject(new Error('the keyring is locked')) : Promise.resolve(work());
  }
}

const uri = 'test:///default?instance=secrets';
const password = (again = false): SecretsQuestion => ({
  ...{ kind: 'secrets', about: 'password', who: 'ada@rack', user: 'ada' },
  ...{ prompts: [{ text: '', echo: false }], again },
});
const passphrase = (again = false): SecretsQuestion => ({
  ...{ kind: 'secrets', about: 'passphrase', who: '/keys/id', file: '/keys/id' },
  ...{ prompts: [{ text: '', echo: false }], again },
});
const secret = (text: string, remember = false): QuestionAnswer => ({
  ...{ kind: 'secrets', secrets: [text], remember },
});
const name = 'ssh password ada@rack';

let guard: GuardedHost;
let store: KeyStore;
let self: AppInFolder;
/** What the host was told, in order. */
let told: string[];
const open = async (secrets: Secrets | null = store, deadline?: number): Promise<void> => {
  self = await appInFolder({
    ...{ drivers: [guard.driver()], backoff: { first: 5, longest: 20 } },
    platform: secrets ? { secrets } : {},
    ...(deadline === undefined ? {} : { questions: { deadline } }),
  });
};
/** A host that takes one password, asking `tries` times. */
const wants = (right: string, tries = 1): void => {
  guard.asks = async (ask) => {
    for (let times = 0; times < tries; times += 1) {
      const answer = await ask(password(times > 0));
      if (!answer) break;
      told.push(answer.secrets[0] ?? '');
      if (answer.secrets[0] === right) return;
    }
    throw new GuestroomError('auth_failed', 'The host took no login');
  };
};
beforeEach(() => {
  guard = new GuardedHost();
  store = new KeyStore();
  told = [];
});
afterEach(() => self.end());

const add = async (at = uri): Promise<() => NodeRow> => {
  const { node } = await self.client.nodes.add({ uri: at });
  return () => {
    const row = self.app.inventory.node(node);
    if (!row) throw new Error('the host is gone');
    return row;
  };
};
const ended = (row: () => NodeRow) => until(() => row().state === 'connected' || row().state === 'failed');
const asSecrets = (row: QuestionRow | undefined) => {
  if (row?.kind !== 'secrets') throw new Error('no question for secrets');
  return row;
};

describe('a password that the person wants remembered', () => {
  it('is in the key store once the host has taken it, and is not asked for after a new start', async () => {
    await open();
    wants('right');
    const asking = await person(self, () => secret('right', true));
    const row = await add();
    await ended(row);
    expect(asking.seen).toMatchObject([{ about: 'password', who: 'ada@rack', remember: 'possible' }]);
    await until(() => store.kept.get(name) === 'right');
    await asking.leave();
    await self.again();
    const later = await person(self, () => null);
    await ended(row);
    expect(row().state).toBe('connected');
    expect(later.seen).toEqual([]);
    await later.leave();
  });

  it('is written nowhere else', async () => {
    await open();
    wants('Zq7vault8k');
    const asking = await person(self, () => secret('Zq7vault8k', true));
    await ended(await add());
    await until(() => store.names.length === 1);
    await asking.leave();
    await self.app.close();
    const names = await readdir(self.folder, { recursive: true, withFileTypes: true });
    for (const file of names.filter((one) => one.isFile())) {
      const text = await readFile(join(file.parentPath, file.name), 'latin1');
      expect([file.name, text.includes('Zq7vault8k')]).toEqual([file.name, false]);
    }
  });

  it('is not stored when the host refuses it', async () => {
    await open();
    wants('right');
    const asking = await person(self, () => secret('wrong', true));
    const row = await add();
    await ended(row);
    expect(row().state).toBe('failed');
    await self.app.close();
    expect(store.names).toEqual([]);
    await asking.leave();
  });

  it('is not stored for a host that was only tried, and is once that host is added', async () => {
    await open();
    wants('right');
    const asking = await person(self, () => secret('right', true));
    for await (const row of await self.client.nodes.test({ uri })) void row;
    expect(store.names).toEqual([]);
    await ended(await add());
    await until(() => store.kept.get(name) === 'right');
    expect(asking.seen).toHaveLength(1);
    await asking.leave();
  });

  it('that is refused later is removed, and the person is asked once without it being tried twice', async () => {
    store.kept.set(name, 'old');
    await open();
    wants('new');
    const asking = await person(self, () => secret('new'));
    const row = await add();
    await ended(row);
    expect(row().state).toBe('connected');
    expect(told).toEqual(['old', 'new']);
    expect(asking.seen).toMatchObject([{ again: true }]);
    await self.app.close();
    expect(store.names).toEqual([]);
    await asking.leave();
  });

  it('is not tried by way of the key store when the same one was refused from memory', async () => {
    await open();
    wants('first');
    const answers = [secret('first', true), null];
    const asking = await person(self, () => answers.shift());
    const row = await add();
    await ended(row);
    await until(() => store.kept.get(name) === 'first');
    wants('second');
    guard.cut();
    await until(() => row().state === 'failed');
    expect(told).toEqual(['first', 'first']);
    expect(row().error).toMatchObject({ code: 'auth_failed', message: 'The login was cancelled' });
    await self.app.close();
    expect(store.names).toEqual([]);
    await asking.leave();
  });

  it('is asked for when the key store fails, and the log says so', async () => {
    store.broken = true;
    await open();
    wants('right');
    const asking = await person(self, () => secret('right', true));
    const row = await add();
    await ended(row);
    expect(row().state).toBe('connected');
    expect(asking.seen).toHaveLength(1);
    await until(async () =>
      (await readFile(join(self.folder, 'state', 'guestroom.log'), 'utf8')).includes('could not be kept'),
    );
    await asking.leave();
  });

  it('goes with the last host that used it', async () => {
    await open();
    wants('right');
    const asking = await person(self, () => secret('right', true));
    const first = await add();
    await ended(first);
    await until(() => store.names.length === 1);
    const second = await add('test:///default?instance=secrets-too');
    await ended(second);
    await until(() => store.kept.size === 3);
    await self.client.nodes.remove({ node: first().id });
    expect(store.kept.get(name)).toBe('right');
    await self.client.nodes.remove({ node: second().id });
    expect([...store.kept]).toEqual([]);
    expect(asking.seen).toHaveLength(1);
    await asking.leave();
  });
});

describe('where nothing can be remembered', () => {
  it('the question says why, and nothing is stored', async () => {
    store.unavailable = 'This desktop has no key store';
    await open();
    wants('right');
    const asking = await person(self, () => secret('right', true));
    await ended(await add());
    const row = asSecrets(asking.seen[0]);
    expect(row).toMatchObject({ remember: 'not-here', reason: 'This desktop has no key store' });
    expect([...store.kept]).toEqual([]);
    await asking.leave();
  });

  it('as in a browser the question says only that', async () => {
    await open(null);
    wants('right');
    const asking = await person(self, () => secret('right'));
    await ended(await add());
    const row = asSecrets(asking.seen[0]);
    expect(row.remember).toBe('not-here');
    expect(row.reason).toBeUndefined();
    await asking.leave();
  });

  it('as codes of the host the question comes each time', async () => {
    await open();
    guard.asks = async (ask) => {
      const prompts = [{ text: 'Code: ', echo: false }];
      const answer = await ask({ kind: 'secrets', about: 'prompts', who: 'rack', prompts, again: false });
      if (!answer) throw new GuestroomError('auth_failed', 'no code');
      told.push(answer.secrets[0] ?? '');
    };
    let code = 0;
    const asking = await person(self, () => secret(String((code += 1)), true));
    const row = await add();
    await ended(row);
    expect(asSecrets(asking.seen[0])).toMatchObject({ remember: 'not-here', prompts: [{ text: 'Code:' }] });
    guard.cut();
    await until(() => told.length === 2 && row().state === 'connected');
    expect(told).toEqual(['1', '2']);
    expect([...store.kept]).toEqual([]);
    await asking.leave();
  });
});

describe('a passphrase', () => {
  it('stays when the host refuses the key that it opens', async () => {
    store.kept.set('ssh passphrase /keys/id', 'right');
    await open();
    guard.asks = async (ask) => {
      told.push((await ask(passphrase()))?.secrets[0] ?? '');
      throw new GuestroomError('auth_failed', 'The host takes no such key');
    };
    const asking = await person(self, () => null);
    const row = await add();
    await ended(row);
    expect(row().state).toBe('failed');
    expect(told).toEqual(['right']);
    expect(store.names).toEqual(['ssh passphrase /keys/id']);
    expect(asking.seen).toEqual([]);
    await asking.leave();
  });

  it('that does not open the key any more is asked for, and removed', async () => {
    store.kept.set('ssh passphrase /keys/id', 'old');
    await open();
    guard.asks = async (ask) => {
      for (const again of [false, true]) {
        const given = (await ask(passphrase(again)))?.secrets[0];
        told.push(given ?? '');
        if (given === 'new') return;
      }
    };
    const asking = await person(self, () => secret('new', true));
    const row = await add();
    await ended(row);
    expect(told).toEqual(['old', 'new']);
    expect(asking.seen).toMatchObject([{ about: 'passphrase', file: '/keys/id', again: true }]);
    await until(() => store.kept.get('ssh passphrase /keys/id') === 'new');
    await asking.leave();
  });
});

describe('hosts on the way', () => {
  it('keep the password that they took when the host behind them refuses its own', async () => {
    store.kept.set('ssh password ada@jump', 'jump');
    store.kept.set(name, 'old');
    await open();
    guard.asks = async (ask) => {
      for (const who of ['ada@jump', 'ada@rack']) {
        const given = (await ask({ ...password(), who }))?.secrets[0];
        if (given !== (who === 'ada@jump' ? 'jump' : 'new')) throw new GuestroomError('auth_failed', 'no');
      }
    };
    const asking = await person(self, () => secret('new'));
    const row = await add();
    await ended(row);
    expect(row().state).toBe('connected');
    expect(asking.seen).toMatchObject([{ who: 'ada@rack' }]);
    expect(store.names).toEqual(['ssh password ada@jump']);
    await asking.leave();
  });
});

describe('the key of a host that is not known', () => {
  const key: HostKeyQuestion = {
    ...{ kind: 'host-key', who: 'rack', keyType: 'ED25519' },
    ...{ fingerprint: 'SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU', again: false },
  };
  beforeEach(() => {
    guard.asks = async (ask) => {
      const answer = await ask(key);
      if (!answer) throw new GuestroomError('auth_failed', 'Host denied (verification failed)');
      told.push(answer.trust);
    };
  });

  it('waits at the check of the host, and is kept nowhere here', async () => {
    guard.asks = async (ask, onStep) => {
      onStep('reach', '192.0.2.7');
      told.push((await ask(key))?.trust ?? '');
      onStep('encrypt', 'aes128-gcm');
      onStep('identify', 'ED25519');
    };
    const steps = ['reach', 'encrypt', 'identify', 'login', 'open'] as const;
    const driver = { ...guard.driver(), steps: () => steps };
    self = await appInFolder({ drivers: [driver], platform: { secrets: store } });
    const asking = await person(self, () => undefined);
    const row = await add();
    await until(() => asking.seen.length === 1);
    expect(row().steps).toMatchObject([
      { step: 'reach', state: 'done', detail: '192.0.2.7' },
      { step: 'encrypt', state: 'done' },
      { step: 'identify', state: 'waiting' },
      { step: 'login', state: 'ahead' },
      { step: 'open', state: 'ahead' },
      { step: 'list', state: 'ahead' },
    ]);
    await self.client.questions.answer({
      question: asking.seen[0]?.id ?? '',
      answer: { kind: 'host-key', trust: 'once' },
    });
    await ended(row);
    expect(told).toEqual(['once']);
    guard.cut();
    await until(() => asking.seen.length === 2);
    expect([...store.kept]).toEqual([]);
    await asking.leave();
  });

  it('ends the attempt when it is not accepted, and nothing tries again', async () => {
    await open();
    const asking = await person(self, () => null);
    const row = await add();
    await ended(row);
    expect(row().error).toMatchObject({
      code: 'host_key',
      message: 'The key of rack was not accepted',
      retryable: false,
    });
    expect(row().error?.hint).toContain('fingerprint');
    expect(row().retryAt).toBeUndefined();
    expect(row().steps?.at(-1)).toMatchObject({ step: 'identify', state: 'failed' });
    expect(guard.opened).toBe(1);
    await asking.leave();
  });

  it('ends the attempt when nobody answers', async () => {
    await open(store, 30);
    const row = await add();
    await ended(row);
    expect(row().error).toMatchObject({ code: 'host_key', message: 'The key of rack was not accepted' });
    expect(row().error?.hint).toContain('Nobody answered in time');
  });
});

describe('a host that asks for more than anybody answers', () => {
  it('is not put to the person', async () => {
    await open();
    guard.asks = async (ask) => {
      const prompts = Array.from({ length: 33 }, () => ({ text: 'more', echo: false }));
      await ask({ kind: 'secrets', about: 'prompts', who: 'rack', prompts, again: false });
    };
    const asking = await person(self, () => undefined);
    const row = await add();
    await ended(row);
    expect(row().error).toMatchObject({ code: 'protocol' });
    expect(asking.seen).toEqual([]);
    await asking.leave();
  });
});
