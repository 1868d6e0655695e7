import type { Connection, OpenContext } from '../api/driver.ts';
import { GuestroomError } from '../api/errors.ts';
import { formatUri, type ConnectionUri } from '../api/uri.ts';
import { behaviourOf } from './behaviour.ts';
import { TestConnection } from './connection.ts';
import { defaultWorld } from './default.ts';
import { generatedWorld } from './generate.ts';
import { TestHypervisor, type World } from './hypervisor.ts';
import { worldFromFile } from './nodefile.ts';
import { goThroughSteps } from './opening.ts';
import { showcaseWorld } from './showcase.ts';

interface Shared {
  hypervisor: Promise<TestHypervisor>;
  connections: number;
}

const shared = new Map<string, Shared>();

/** Milliseconds of run time that never go back, whatever is done to the computer's clock. */
const clock = (): number => performance.timeOrigin + performance.now();

/** Opens the made-up host of an address, or joins those who have it open. */
export async function open(uri: ConnectionUri, context: OpenContext): Promise<Connection> {
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
