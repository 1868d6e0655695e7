import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AuthContext, AuthenticationType, KeyboardAuthContext } from 'ssh2';
import { describe, expect, it } from 'vitest';
import { secretName } from '../../../../main/nodes/remembered.ts';
import { pair, Person, secret } from './server.ts';
import { eachInAFolder, file, folder, log, refused, serveKnown, takesKeys, to } from './visits.ts';

eachInAFolder();

/** A host that asks in rounds: each is its questions and the answers that it takes. */
const asks =
  (
    rounds: {
      prompts: { prompt: string; echo: boolean }[];
      right: string[];
      title?: string;
      text?: string;
    }[],
  ) =>
  (attempt: AuthContext): void => {
    if (attempt.method !== 'keyboard-interactive') return attempt.reject(['keyboard-interactive']);
    const turn = (index: number): void => {
      const round = rounds[index];
      if (!round) return (attempt as KeyboardAuthContext).accept();
      attempt.prompt(round.prompts, round.title ?? '', round.text ?? '', (answers) => {
        if (JSON.stringify(answers) === JSON.stringify(round.right)) turn(index + 1);
        else attempt.reject(['keyboard-interactive']);
      });
    };
    turn(0);
  };

describe('the host’s own questions', () => {
  it('come as it asks them: several at a time, round after round, none of them to be remembered', async () => {
    const server = await serveKnown({
      authenticate: asks([
        { prompts: [{ prompt: 'Password: ', echo: false }], right: ['pass'] },
        {
          title: 'Second step',
          text: 'Look at your token',
          prompts: [
            { prompt: 'Name of the token: ', echo: true },
            { prompt: 'Code: ', echo: false },
          ],
          right: ['blue', '123456'],
        },
        // nothing to answer, only to read
        { prompts: [], right: [] },
        { prompts: [{ prompt: 'Once more: ', echo: false }], right: ['654321'] },
      ]),
    });
    const person = new Person(secret('pass'), secret('blue', '123456'), secret('654321'));
    await to(server, { ask: person.ask });
    expect(person.asked).toMatchObject([
      { about: 'password', user: 'ada', again: false },
      {
        about: 'prompts',
        instruction: 'Second step\nLook at your token',
        prompts: [
          { text: 'Name of the token: ', echo: true },
          { text: 'Code: ', echo: false },
        ],
        again: false,
      },
      { about: 'prompts', prompts: [{ text: 'Once more: ', echo: false }] },
    ]);
    const names = person.asked.map((asked) => (asked.kind === 'secrets' ? secretName(asked) : undefined));
    expect(names[0]).toMatch(/^ssh password ada@/);
    expect(names.slice(1)).toEqual([undefined, undefined]);
  });

  it.each(['Verification code: ', 'One-time password (OATH) for `ada`: ', 'Password + token: ', 'PIN:', ''])(
    'that are no plain password are never remembered as one: %j',
    async (prompt) => {
      const server = await serveKnown({
        authenticate: asks([{ prompts: [{ prompt, echo: false }], right: ['x'] }]),
      });
      const person = new Person(secret('x'));
      await to(server, { ask: person.ask });
      expect(person.asked).toMatchObject([{ about: 'prompts' }]);
    },
  );

  it('are asked three times at most, and say that the answer was wrong', async () => {
    const server = await serveKnown({
      authenticate: asks([{ prompts: [{ prompt: 'Code:', echo: false }], right: ['1'] }]),
    });
    const person = new Person(secret('2'), secret('3'), secret('4'), secret('1'));
    expect(await refused(to(server, { ask: person.ask }))).toMatchObject({ code: 'auth_failed' });
    expect(person.asked).toMatchObject([{ again: false }, { again: true }, { again: true }]);
  });

  it('end when the person gives up: no empty answer is sent, and none is asked again', async () => {
    const answers: string[][] = [];
    const server = await serveKnown({
      authenticate: (attempt) => {
        if (attempt.method !== 'keyboard-interactive') return attempt.reject(['keyboard-interactive']);
        const ask = (): void =>
          attempt.prompt([{ prompt: 'Code:', echo: false }], (given) => {
            answers.push([...given]);
            ask();
          });
        ask();
      },
    });
    const person = new Person(undefined, secret('never asked'));
    expect(await refused(to(server, { ask: person.ask }))).toMatchObject({
      code: 'auth_failed',
      message: expect.stringContaining('given up') as string,
      retryable: false,
    });
    await server.left();
    expect(person.asked).toHaveLength(1);
    expect(answers).toEqual([]);
  });

  it('that have no end do not keep us for ever', async () => {
    const server = await serveKnown({
      authenticate: (attempt) => {
        if (attempt.method !== 'keyboard-interactive') return attempt.reject(['keyboard-interactive']);
        const ask = (): void => attempt.prompt([], ask);
        ask();
      },
    });
    expect(await refused(to(server, { ask: new Person().ask, timeout: 300 }))).toMatchObject({
      code: 'timeout',
    });
    await server.left();
  });
});

describe('a host that wants more than one proof', () => {
  it('gets a key and then the password, which nobody called wrong', async () => {
    const key = pair();
    let half = false;
    const server = await serveKnown({
      authenticate: (attempt) => {
        if (half && attempt.method === 'password' && attempt.password === 'pass') return attempt.accept();
        if (half) return attempt.reject(['password'], true);
        takesKeys([key], (signed) => {
          half = true;
          signed.reject(['password'], true);
        })(attempt);
      },
    });
    const person = new Person(secret('pass'));
    await to(server, { ask: person.ask, hop: { identityFiles: [file('id', key)] } });
    expect(person.asked).toMatchObject([{ about: 'password', again: false }]);
  });

  it('may want two passwords, the second of which is no second try', async () => {
    let half = false;
    const server = await serveKnown({
      authenticate: (attempt) => {
        if (attempt.method !== 'password') return attempt.reject(['password']);
        if (attempt.password === 'one') {
          half = true;
          return attempt.reject(['password'], true);
        }
        if (half && attempt.password === 'two') attempt.accept();
        else attempt.reject(['password']);
      },
    });
    const person = new Person(secret('one'), secret('two'));
    await to(server, { ask: person.ask });
    expect(person.asked).toMatchObject([{ again: false }, { again: false }]);
  });
});

describe('without anybody to ask', () => {
  it.each<[string, AuthenticationType[], RegExp]>([
    ['a password', ['password'], /key or an agent/],
    ['answers', ['keyboard-interactive'], /key or an agent/],
    ['a key', ['publickey'], /authorized_keys of ada/],
    ['nothing that we have', ['hostbased'], /authorized_keys/],
  ])('a host that wants %s says what to do', async (_what, ways, hint) => {
    const server = await serveKnown({ authenticate: (attempt) => attempt.reject(ways) });
    const error = await refused(to(server));
    expect(error).toMatchObject({ code: 'auth_failed', retryable: false });
    expect(error.hint).toMatch(hint);
    expect(error.detail).toBe(`nothing could be tried; the host takes ${ways.join(', ')}`);
    expect(server.tried).toEqual(['none']);
    await server.left();
  });

  it('a key with a passphrase says what to do', async () => {
    const locked = pair('ed25519', 'open sesame');
    const server = await serveKnown({ authenticate: takesKeys([locked]) });
    const hop = { identityFiles: [file('id', locked)], explicitKey: true };
    expect(await refused(to(server, { hop }))).toMatchObject({
      code: 'auth_failed',
      hint: expect.stringContaining('ssh-add') as string,
    });
    await server.left();
  });
});

describe('key files', () => {
  it('that the host does not want cost no passphrase; the one that it wants is asked for once', async () => {
    const [other, mine] = [pair('ed25519', 'one'), pair('ecdsa', 'two')];
    const server = await serveKnown({ authenticate: takesKeys([mine]) });
    const person = new Person(secret('two'));
    const identityFiles = [file('other', other), file('mine', mine)];
    await to(server, { ask: person.ask, hop: { identityFiles } });
    expect(person.asked).toMatchObject([{ about: 'passphrase', file: identityFiles[1] }]);
  });

  it('that are something else at a usual place are left out with a line in the log', async () => {
    const mine = pair();
    const server = await serveKnown({ authenticate: takesKeys([mine]) });
    const identityFiles = [join(folder, 'none'), folder, file('id', mine)];
    writeFileSync(join(folder, 'none'), 'this is no key');
    await to(server, { hop: { identityFiles } });
    expect(log.filter((line) => line.startsWith('A key file is left out'))).toHaveLength(2);
  });
});
