import { randomUUID } from 'node:crypto';
import type { DocumentRemark } from '../api/driver.ts';
import { GuestroomError } from '../api/errors.ts';
import { nameProblem } from '../xml/domain/name.ts';
import { complete } from './domain-defaults.ts';
import { TestDocument } from './document.ts';
import type { TestHypervisor } from './hypervisor.ts';

export interface Settled {
  uuid: string;
  document: TestDocument;
}

/**
 * A document that somebody gave, with its UUID (its own, else a new one) and defaults. Throws `exists` when its name or
 * UUID belong to another domain, as libvirt does.
 */
export function settle(xml: string, hypervisor: TestHypervisor): Settled {
  const given = TestDocument.parse(xml);
  const { name } = given.facts;
  const problem = nameProblem(name);
  if (problem !== undefined)
    throw new GuestroomError('xml_invalid', problem, { hint: 'Change <name> in the document' });
  const namesake = hypervisor.named(name);
  const owner = given.facts.uuid === undefined ? undefined : hypervisor.find(given.facts.uuid);
  if (namesake && namesake !== owner)
    throw new GuestroomError('exists', `A virtual machine is already called ${name}`, {
      detail: `domain '${name}' already exists with uuid ${namesake.uuid}`,
      hint: 'Choose another name',
    });
  if (owner && owner.name !== name)
    throw new GuestroomError('exists', `The UUID belongs to the virtual machine ${owner.name}`, {
      detail: `domain '${owner.name}' is already defined with uuid ${owner.uuid}`,
      hint: 'Remove <uuid> for a new machine, or rename the one that is there',
    });
  const uuid = given.facts.uuid ?? randomUUID();
  const document = given.edited((edited) => {
    edited.setUuid(uuid);
    complete(edited, hypervisor.node.arch);
  });
  return { uuid, document };
}

/** What the test hypervisor says about a document: it takes everything that is one, and runs nothing of it. */
export function remarksOn(xml: string): DocumentRemark[] {
  try {
    const { facts } = TestDocument.parse(xml);
    if (facts.type === 'test') return [];
    return [
      {
        path: '@type',
        message: `Nothing really runs here: the test hypervisor only pretends to be ${facts.type}`,
        level: 'changed',
        line: 1,
      },
    ];
  } catch (error) {
    if (!(error instanceof GuestroomError)) throw error;
    const line = /line (\d+)/.exec(error.detail ?? '')?.[1];
    return [
      {
        path: '',
        message: error.message,
        level: 'fatal',
        ...(line === undefined ? {} : { line: Number(line) }),
      },
    ];
  }
}
