// Our part of the SSH bench, in a process of its own: URI of libvirt there and a folder there as arguments, one line of
// JSON as the answer.
import { createReadStream } from 'node:fs';
import { once } from 'node:events';
import { pipeline } from 'node:stream/promises';
import type { Logger } from '../../drivers/api/driver.ts';
import type { Host } from '../../drivers/api/host.ts';
import { parseUri } from '../../drivers/api/uri.ts';
import { addressOf } from '../../drivers/libvirt/address.ts';
import { libvirtDriver } from '../../drivers/libvirt/index.ts';
import { openSession } from '../../drivers/libvirt/session.ts';
import { connectTransport } from '../../drivers/libvirt/transport/index.ts';
import { createLocalHost } from '../../main/nodes/local-host.ts';
import { Reach, type Reached } from '../../main/nodes/reach.ts';
import { median, percentile } from './report.ts';

const log: Logger = { debug: () => undefined, info: () => undefined, warn: () => undefined };
const [address = '', folder = '', source = ''] = process.argv.slice(2);
const uri = parseUri(address);
const reach = new Reach({ host: createLocalHost({}), log, sshConfig: '/dev/null', env: {} });
const to = (): Promise<Reached> => reach.to(uri, { signal: new AbortController().signal });

async function times(rounds: number, work: () => Promise<unknown>): Promise<number[]> {
  const all: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const began = performance.now();
    await work();
    all.push(performance.now() - began);
  }
  return all;
}

/** From nothing to the list, as the window does it. */
async function coldList(): Promise<void> {
  const { host, end } = await to();
  const connection = await libvirtDriver.open(uri, { host, readOnly: false, log });
  await connection.domains.list();
  await connection.close();
  end();
}

/** ms of a byte to a program there and back, for as long as `busy` goes on (or some rounds). */
async function echoes(host: Host, rounds: number, busy?: Promise<unknown>): Promise<number[]> {
  const echo = await host.spawn('cat', []);
  let over = false;
  void busy?.finally(() => {
    over = true;
  });
  const all: number[] = [];
  while (busy ? !over : all.length < rounds) {
    const began = performance.now();
    echo.stdin.write('x');
    await once(echo.stdout, 'data');
    all.push(performance.now() - began);
    await new Promise((done) => setTimeout(done, 5));
  }
  echo.stdin.end();
  return all;
}

const cold = await times(7, coldList);
const { host, end } = await to();
const { reach: socket } = addressOf(uri, false);
const transport = await connectTransport(addressOf(uri, false), host, { log });
const session = await openSession(transport, { name: 'qemu:///system', readOnly: false, log });
const { rpc } = session;
const { domains } = await rpc.call('CONNECT_LIST_ALL_DOMAINS', { flags: 0, need_results: 1 });
const [dom] = domains;
if (!dom || socket.transport !== 'unix') throw new Error('the daemon has no domains');
const calls = await times(2000, () => rpc.call('DOMAIN_GET_STATE', { dom, flags: 0 }));
const channels = await times(50, async () => {
  const stream = await host.connect({ unix: transport.at });
  stream.destroy();
});
const idle = await echoes(host, 100);
const upload = async (name: string): Promise<void> => {
  const target = await host.files.createWriteStream(`${folder}/${name}`);
  await pipeline(createReadStream(source, { highWaterMark: 1024 * 1024 }), target);
};
const up: number[] = [];
for (let round = 0; round < 3; round += 1) {
  up.push(...(await times(1, () => upload(`up-${String(round)}`))));
}
const down = await times(3, async () => {
  const stream = await host.files.createReadStream(`${folder}/up-0`);
  for await (const part of stream) void part;
});
const busy = await echoes(host, 0, upload('busy'));
await session.close();
end();
process.stdout.write(
  `${JSON.stringify({
    coldList: median(cold),
    call: median(calls),
    channel: median(channels),
    upload: median(up),
    download: median(down),
    echoIdle: median(idle),
    echoBusy: median(busy),
    echoBusyLate: percentile(busy, 0.95),
  })}\n`,
);
