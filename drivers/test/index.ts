import type { Connection, Driver, OpenContext, ProbeResult } from '../api/driver.ts';
import { GuestroomError } from '../api/errors.ts';
import { formatUri, type ConnectionUri } from '../api/uri.ts';
import { behaviourOf } from './behaviour.ts';
import { TestConnection } from './connection.ts';
import { defaultWorld } from './default.ts';
import { generatedWorld } from './generate.ts';
import { TestHypervisor, type World } from './hypervisor.ts';
import { worldFromFile } from './nodefile.ts';
import { goThroughSteps, stepsOf } from './opening.ts';
import { showcaseWorld } from './showcase.ts';

/**
 * A complete hypervisor in memory: nothing runs, everything answers. As in libvirt, connections to the same URI
 * in one process share one host; it is forgotten when the last of them is closed. Addresses:
 * - `test:///default` libvirt's default test host
 * - `test:///path/file.xml` a host described in libvirt's test-driver file format
 * - `test:///showcase` a dozen believable machines
 * - `test:///generate?domains=1000&seed=7&running=0.4` as many as a test needs
 *
 * Parameters of each: `fail`, `delay`, `pace`, `login` and `step` (see behaviour.ts); any other one, as `instance=a`, makes a
 * host of its own. `login` is no secret: the host is made up, and so are its passwords.
 */
export const testDriver: Driver = {
  name: 'test',
  title: 'Test hypervisor',
  accepts: (uri) => uri.driver === 'test' && uri.local && uri.transport === undefined && !uri.embedded,
  probe: () =>
    Promise.resolve<ProbeResult>({
      state: 'ready',
      uri: 'test:///showcase',
      summary: 'Made-up virtual machines for a first look around; nothing really runs',
      lookedFor: [],
    }),
  steps: stepsOf,
  open,
};

interface Shared {
  hypervisor: Promise<TestHypervisor>;
  connections: number;
}

const shared = new Map<string, Shared>();

/** Milliseconds of run time that never go back, whatever is done to the computer's clock. */
const clock = (): number => performance.timeOrigin + performance.now();

async function open(uri: ConnectionUri, context: OpenContext): Promise<Connection> {
  await goThroughSteps(uri, context);
  const key = formatUri(uri);
  let entry = shared.get(key);
  if (!entry) {
    entry = { hypervisor: make(uri, context), connections: 0 };
    shared.set(key, entry);
  }
  const used = entry;
  used.connections += 1;
  const release = () => {
    used.connections -= 1;
    if (used.connections === 0 && shared.get(key) === used) shared.delete(key);
  };
  try {
    const hypervisor = await used.hypervisor;
    if (context.signal?.aborted) throw new GuestroomError('cancelled', 'Cancelled');
    return new TestConnection(key, hypervisor, context.readOnly, release);
  } catch (error) {
    release();
    throw error;
  }
}

async function make(uri: ConnectionUri, context: OpenContext): Promise<TestHypervisor> {
  const behaviour = behaviourOf(uri, uri.path === '/showcase' ? 60 : 0);
  return new TestHypervisor(await worldOf(uri, context), behaviour, clock);
}

function worldOf(uri: ConnectionUri, { host }: OpenContext): World | Promise<World> {
  switch (uri.path) {
    case '/default':
      return defaultWorld(host);
    case '/showcase':
      return showcaseWorld();
    case '/generate':
      return generatedWorld(uri, host);
    case '/':
      throw new GuestroomError('invalid_argument', 'The address names no test host', {
        hint: 'Try test:///default, test:///showcase or test:///path/to/file.xml',
      });
    default:
      return worldFromFile(uri.path, host);
  }
}
