import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Duplex } from 'node:stream';
import { GuestroomError } from '../../../drivers/api/errors.ts';
import type { DomainSummary } from '../../../drivers/api/model.ts';
import { readDomain } from '../../../drivers/xml/domain/read.ts';
import { isActive } from '../../../drivers/api/operations.ts';
import { type Command, UsageError, domainOption, flag } from '../command.ts';
import { type Session, attempt } from '../session.ts';
import { printable } from '../table.ts';

/** Joins the terminal and a guest's console until the person leaves or the console ends. Keys go to the guest unread, but for the escape. */
export async function attachConsole(
  session: Session,
  domain: DomainSummary,
  alias?: string,
  force = false,
): Promise<undefined> {
  const { escape } = session;
  const { stdin, stdout } = session.terminal;
  const setRawMode = stdin.setRawMode?.bind(stdin);
  if (!stdin.isTTY || !setRawMode) {
    throw new GuestroomError('unsupported', 'Cannot run interactive console without a controlling TTY');
  }
  await session.allow('openConsole', domain);
  const console = await (await session.connection()).domains.openConsole(domain.uuid, alias, { force });
  session.say(
    `Connected to domain '${printable(domain.name)}'\nEscape character is ${escape.length === 1 ? escape : `${escape} (Ctrl + ${escape.slice(1)})`}\n`,
  );
  setRawMode(true);
  try {
    const refused = await session.terminal.setRawOutput?.();
    if (refused !== undefined) session.log.debug('Line ends are doubled at this terminal', { refused });
    await relay(
      console,
      stdin,
      stdout,
      escape.length === 1 ? escape.charCodeAt(0) : escape.charCodeAt(1) & 0x1f,
    );
  } finally {
    setRawMode(false);
    stdin.pause();
    stdout.write('\n');
  }
  return undefined;
}

function relay(
  console: Duplex,
  stdin: Session['terminal']['stdin'],
  stdout: Session['terminal']['stdout'],
  escape: number,
): Promise<void> {
  return new Promise((done, failed) => {
    const onKeys = (keys: Buffer): void => {
      const at = keys.indexOf(escape);
      if (!console.write(at === -1 ? keys : keys.subarray(0, at)) && at === -1) {
        stdin.pause();
        console.once('drain', () => stdin.resume());
      }
      if (at !== -1) finish();
    };
    const finish = (error?: Error): void => {
      stdin.off('data', onKeys);
      console.unpipe(stdout);
      console.destroy();
      if (error) failed(error);
      else done();
    };
    stdin.on('data', onKeys);
    stdin.resume();
    console.pipe(stdout, { end: false });
    console.once('error', finish);
    console.once('end', () => finish());
    console.once('close', () => finish());
  });
}

export const consoleCommand: Command = {
  name: 'console',
  group: 'domain',
  summary: 'connect to the guest console',
  description: 'Connect the virtual serial console for the guest',
  options: [
    domainOption,
    { name: 'devname', kind: 'text', help: 'character device name' },
    flag('force', 'take the console from whoever has it'),
  ],
  async run(session, options) {
    const domain = await session.domain(options.required('domain'));
    return attachConsole(session, domain, options.text('devname'), options.flag('force'));
  },
};

export const vncdisplay: Command = {
  name: 'vncdisplay',
  group: 'domain',
  summary: 'vnc display',
  description: 'Output the IP address and port number, or the socket, of the VNC display.',
  options: [domainOption],
  async run(session, options) {
    const domain = await session.domain(options.required('domain'));
    if (!isActive(domain.state)) throw new UsageError('Domain is not running');
    const { devices } = readDomain(await (await session.connection()).domains.xml(domain.uuid));
    const vnc = devices.graphics.find(({ type }) => type === 'vnc');
    const socket = vnc?.socket ?? vnc?.listens.find(({ type }) => type === 'socket')?.socket;
    if (vnc && socket !== undefined) {
      session.print(`unix:${socket}\n`);
    } else if (vnc?.port !== undefined && vnc.port > 0) {
      const address = vnc.listen ?? vnc.listens.find(({ type }) => type === 'address')?.address;
      const host =
        address === undefined || address === '0.0.0.0' || address === '::'
          ? ''
          : address.includes(':')
            ? `[${address}]`
            : address;
      session.print(`${host}:${String(vnc.port - 5900)}\n`);
    } else {
      throw new GuestroomError('not_found', 'Failed to get VNC port. Is this domain using VNC?');
    }
    return undefined;
  },
};

export const ttyconsole: Command = {
  name: 'ttyconsole',
  group: 'domain',
  summary: 'tty console',
  description: 'Output the device for the TTY console.',
  options: [domainOption],
  async run(session, options) {
    const domain = await session.domain(options.required('domain'));
    await session.allow('openConsole', domain);
    const { devices } = readDomain(await (await session.connection()).domains.xml(domain.uuid));
    const path = [...devices.consoles, ...devices.serials]
      .map(({ source }) => source?.path)
      .find((each) => each !== undefined);
    if (path === undefined) return 1;
    session.print(`${path}\n`);
    return undefined;
  },
};

export const screenshot: Command = {
  name: 'screenshot',
  group: 'domain',
  summary: 'take a screenshot of a current domain console and store it into a file',
  options: [
    domainOption,
    { name: 'file', kind: 'text', positional: true, help: 'where to store the screenshot', complete: 'file' },
  ],
  async run(session, options) {
    const domain = await session.domain(options.required('domain'));
    const stamp = new Date().toISOString().slice(0, 19).replace('T', '-');
    const file = options.text('file') ?? `${domain.name.replace(/[/\\:]/g, '_')}-${stamp}.png`;
    await attempt('Failed to take a screenshot', async () => {
      await session.allow('screenshot', domain);
      const png = await (await session.connection()).domains.screenshot(domain.uuid);
      await writeFile(resolve(session.terminal.cwd, file), png);
    });
    session.print(`Screenshot saved to ${file}, with type of image/png\n`);
    return undefined;
  },
};
