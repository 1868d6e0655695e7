import { describe } from 'vitest';
import { hostInterface } from '../../../drivers/xml/host-interface.ts';
import { nodeDevice } from '../../../drivers/xml/node-device/node-device.ts';
import { nwFilter } from '../../../drivers/xml/nwfilter.ts';
import { secret } from '../../../drivers/xml/secret.ts';
import { holds } from './kinds.ts';
import { hostInterfaceSpec, nodeDeviceSpec, nwFilterSpec, secretSpec } from './node-specs.ts';

describe('a secret document built from a spec', () => {
  holds(secret, secretSpec, 'secret');
});

describe('a document of a device of the node, built from a spec', () => {
  holds(nodeDevice, nodeDeviceSpec, 'nodedev', 300);
});

describe('a document of an interface of the node, built from a spec', () => {
  holds(hostInterface, hostInterfaceSpec, 'interface', 150);
});

describe('a filter document built from a spec', () => {
  holds(nwFilter, nwFilterSpec, 'nwfilter', 50);
});
