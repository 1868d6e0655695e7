import type { Driver, ProbeResult } from '../api/driver.ts';
import { stepsOf } from './opening.ts';

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
  open: async (uri, context) => (await import('./open.ts')).open(uri, context),
};
