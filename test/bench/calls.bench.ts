import { startApp } from '../lab/app.ts';
import { connectTo } from '../lab/client.ts';
import { makeFolders, removeFolders } from '../lab/folders.ts';
import { judged, type Row } from './report.ts';

/** Calls and events per second between a client and the core, over the browser host's WebSocket. */
async function callRows(): Promise<Row[]> {
  const folders = await makeFolders();
  const app = await startApp(folders);
  const client = await connectTo(app);
  try {
    const { node } = await client.rpc.nodes.add({ uri: 'test:///generate?domains=1000&seed=7&running=1' });
    const uuids = await firstDomains(client, node, 1000);
    const target = { node, uuid: uuids[0] ?? '' };
    const one = await perSecond(3000, 1, () => client.rpc.domains.detail(target));
    const many = await perSecond(3000, 32, () => client.rpc.domains.detail(target));
    const light = await perSecond(3000, 1, () => client.rpc.app.info());
    const events = await eventsPerSecond(client, node, uuids);
    return [
      { metric: 'calls, one after another (facts of a machine)', unit: '/s', ours: one, better: 'more' },
      { metric: 'calls, 32 in flight (facts of a machine)', unit: '/s', ours: many, better: 'more' },
      { metric: 'calls, one after another (lightest)', unit: '/s', ours: light, better: 'more' },
      { metric: 'events to a window', unit: '/s', ours: events, better: 'more' },
    ];
  } finally {
    client.close();
    await app.stop();
    await removeFolders(folders);
  }
}

type Client = Awaited<ReturnType<typeof connectTo>>;

async function firstDomains(client: Client, node: string, count: number): Promise<string[]> {
  const uuids = new Set<string>();
  for await (const batch of await client.rpc.inventory.watch()) {
    for (const event of batch.events) {
      // those of the snapshot, and those that are told after it
      if (event.kind === 'domains' && event.node === node)
        for (const { uuid } of event.domains) uuids.add(uuid);
      else if (event.kind === 'domain' && event.node === node) uuids.add(event.domain.uuid);
    }
    if (uuids.size >= count) return [...uuids];
  }
  throw new Error('the inventory ended');
}

async function perSecond(ms: number, inFlight: number, call: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  let done = 0;
  const lane = async (): Promise<void> => {
    while (performance.now() - began < ms) {
      await call();
      done += 1;
    }
  };
  await Promise.all(Array.from({ length: inFlight }, lane));
  return (done * 1000) / (performance.now() - began);
}

/** Pauses and resumes every machine and counts rows until the last has come. */
async function eventsPerSecond(client: Client, node: string, uuids: readonly string[]): Promise<number> {
  const end = new AbortController();
  const feed = await client.rpc.inventory.watch(undefined, { signal: end.signal });
  const targets = uuids.map((uuid) => ({ node, uuid }));
  const rounds = 5;
  let rows = 0;
  let ready = false;
  const began = { at: 0 };
  const work = async (): Promise<void> => {
    began.at = performance.now();
    for (let round = 0; round < rounds; round += 1) {
      await client.rpc.domains.act({ operation: 'suspend', targets });
      await client.rpc.domains.act({ operation: 'resume', targets });
    }
  };
  let working: Promise<void> | undefined;
  for await (const batch of feed) {
    for (const event of batch.events) {
      if (event.kind === 'ready' && !ready) {
        ready = true;
        working = work();
      } else if (event.kind === 'domain') {
        rows += 1;
      }
    }
    // every machine's last word is "running", however many words between were folded into one
    if (working && rows >= uuids.length && (await settled(working))) break;
  }
  await working;
  end.abort();
  return (rows * 1000) / (performance.now() - began.at);
}

const settled = (work: Promise<void>): Promise<boolean> =>
  Promise.race([work.then(() => true), new Promise<boolean>((done) => setImmediate(() => done(false)))]);

export default async () => (await callRows()).map(judged);
