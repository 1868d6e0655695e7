import { hostname } from 'node:os';
import { PassThrough } from 'node:stream';
import { afterEach, describe, expect, it } from 'vitest';
import type { OpenContext } from '../../../drivers/api/driver.ts';
import { parseUri } from '../../../drivers/api/uri.ts';
import { testDriver } from '../../../drivers/test/index.ts';
import { complete } from '../../../main/shell/prompt.ts';
import { Session } from '../../../main/shell/session.ts';

const log = { debug: () => undefined, info: () => undefined, warn: () => undefined };
const sessions: Session[] = [];
function session(): Session {
  // the made-up hypervisor asks its host for a name only
  const host = { hostname: hostname() } as OpenContext['host'];
  const made = new Session({
    terminal: { stdin: new PassThrough(), stdout: new PassThrough(), stderr: new PassThrough(), cwd: '/' },
    uri: 'test:///default?instance=prompt',
    quiet: false,
    escape: '^]',
    readOnly: false,
    log,
    open: async (uri) => ({
      host,
      connection: await testDriver.open(parseUri(uri), { host, readOnly: false, log }),
      end: () => undefined,
    }),
  });
  sessions.push(made);
  return made;
}
afterEach(async () => {
  await Promise.all(sessions.splice(0).map((each) => each.close()));
});

describe('Tab at the prompt', () => {
  it('offers the commands that begin so', async () => {
    expect(await complete(session(), 'dumpx')).toEqual([['dumpxml '], 'dumpx']);
    expect((await complete(session(), 'dom'))[0]).toContain('dominfo ');
  });

  it('offers virtual machines where a command wants one', async () => {
    expect(await complete(session(), 'start te')).toEqual([['test '], 'te']);
    expect(await complete(session(), 'start --domain ')).toEqual([['test '], '']);
    expect(await complete(session(), 'list; dominfo t')).toEqual([['test '], 't']);
  });

  it('offers options after dashes', async () => {
    expect((await complete(session(), 'start test --pa'))[0]).toEqual(['--paused ']);
  });

  it('offers nothing for a command that is none', async () => {
    expect(await complete(session(), 'bogus t')).toEqual([[], 't']);
  });
});
