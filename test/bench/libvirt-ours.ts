// Our part of the libvirt bench, in a process of its own as the peer's is: URI and socket as arguments, one line of JSON as
// the answer. The floors: the same calls without a driver above them, and the same bytes without a client.
import { connect, type Socket } from 'node:net';
import type { Connection, Logger } from '../../drivers/api/driver.ts';
import { parseUri } from '../../drivers/api/uri.ts';
import { addressOf } from '../../drivers/libvirt/address.ts';
import { libvirtDriver } from '../../drivers/libvirt/index.ts';
import { type Args, encodeCall, type Procedure, procedureOf } from '../../drivers/libvirt/rpc/calls.ts';
import type { RpcClient } from '../../drivers/libvirt/rpc/client.ts';
import { XdrWriter } from '../../drivers/libvirt/rpc/xdr-writer.ts';
import { openSession } from '../../drivers/libvirt/session.ts';
import { connectTransport } from '../../drivers/libvirt/transport/index.ts';
import { createLocalHost } from '../../main/nodes/local-host.ts';
import { median } from './report.ts';

const log: Logger = { debug: () => undefined, info: () => undefined, warn: () => undefined };
const name = 'qemu:///system';
const allDomains = { flags: 0, need_results: 1 };

async function perSecond(call: () => Promise<unknown>, lanes: number, seconds: number): Promise<number> {
  let done = 0;
  const began = performance.now();
  const lane = async (): Promise<void> => {
    while (performance.now() - began < seconds * 1000) {
      await call();
      done += 1;
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return (done * 1000) / (performance.now() - began);
}

async function milliseconds(work: () => Promise<unknown>, rounds: number): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const began = performance.now();
    await work();
    times.push(performance.now() - began);
  }
  return median(times);
}

/** List, state and document of each domain by bare calls. */
async function everything(rpc: RpcClient): Promise<void> {
  const { domains } = await rpc.call('CONNECT_LIST_ALL_DOMAINS', allDomains);
  await Promise.all(
    domains.flatMap((dom) => [
      rpc.call('DOMAIN_GET_STATE', { dom, flags: 0 }),
      rpc.call('DOMAIN_GET_XML_DESC', { dom, flags: 0 }),
    ]),
  );
}

/** Every group of every machine, running or not, as the peer asks for it; the window itself asks for less. */
async function allStatistics(connection: Connection): Promise<void> {
  const found = await connection.statsFields?.(0);
  if (found?.length !== domains.length) throw new Error(`statistics of ${String(found?.length)} machines`);
}

/** Sends a packet as it is and waits for an answer's last byte. */
function exchange(socket: Socket, packet: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    let bytes = 0;
    let length = 4;
    const take = (chunk: Buffer): void => {
      if (bytes === 0) length = chunk.readUInt32BE(0);
      bytes += chunk.length;
      if (bytes < length) return;
      socket.off('data', take);
      socket.off('error', reject);
      resolve();
    };
    socket.on('data', take);
    socket.once('error', reject);
    socket.write(packet);
  });
}

/** The same packet over and over on a bare socket: what the daemon and the kernel cost. */
async function bareCalls(path: string, dom: Args<'DOMAIN_GET_STATE'>['dom']): Promise<number> {
  const packet = <P extends Procedure>(procedure: P, args: Args<P>): Buffer =>
    Buffer.from(encodeCall(new XdrWriter(), procedureOf(procedure), 1, args));
  const socket = connect(path);
  await exchange(socket, packet('AUTH_LIST', {}));
  await exchange(socket, packet('CONNECT_OPEN', { name, flags: 0 }));
  const state = packet('DOMAIN_GET_STATE', { dom, flags: 0 });
  const rate = await perSecond(() => exchange(socket, state), 1, 1.5);
  socket.destroy();
  return rate;
}

const [address = '', path = ''] = process.argv.slice(2);
const uri = parseUri(address);
const host = createLocalHost({});
const transport = await connectTransport(addressOf(uri, false), host, { log });
const session = await openSession(transport, { name, readOnly: false, log });
const { rpc } = session;
const { domains } = await rpc.call('CONNECT_LIST_ALL_DOMAINS', allDomains);
const [dom] = domains;
if (!dom) throw new Error('the daemon has no domains');
const state = (): Promise<unknown> => rpc.call('DOMAIN_GET_STATE', { dom, flags: 0 });
const wire = {
  domains: domains.length,
  oneByOne: await perSecond(state, 1, 1.5),
  inFlight: await perSecond(state, 32, 1.5),
  everythingFloor: await milliseconds(() => everything(rpc), 5),
  oneByOneFloor: await bareCalls(path, dom),
};
await session.close();
const connection = await libvirtDriver.open(uri, { host, readOnly: false, log });
const figures = {
  ...wire,
  everything: await milliseconds(() => connection.domains.list(), 5),
  statistics: await milliseconds(() => allStatistics(connection), 5),
};
await connection.close();
process.stdout.write(`${JSON.stringify(figures)}\n`);
