import type { DocumentRemark } from '../../drivers/api/driver.ts';
import { toGuestroomError } from '../../drivers/api/errors.ts';
import { DomainDocument } from '../../drivers/xml/domain/edit.ts';
import { readDomain } from '../../drivers/xml/domain/read.ts';
import type { Domain } from '../../drivers/xml/domain/types.ts';
import type { Choices, Problem } from '../../preload/create.ts';
import { gatherFacts } from './gather.ts';
import type { GatherContext } from './gather.ts';
import type { Facts } from './facts.ts';
import { checkVirtualNetworks, networksOf } from './networks.ts';
import { plan, remarkProblems, startSteps } from './plan.ts';
import type { Plan } from './plan.ts';
import { Problems } from './problem-list.ts';

/**
 * Facts of the host, the plan, and what the driver says about its document. Changes nothing.
 * `document` is the person's own version of the plan's document: it replaces it, volumes and steps stay.
 */
export async function preparePlan(
  choices: Choices,
  context: GatherContext,
  document?: string,
): Promise<Plan> {
  const facts = await gatherFacts(choices, context);
  const made = plan(choices, facts);
  const changed = document === undefined ? made : withDocument(made, document, choices, facts);
  if (changed.document === '' || changed.problems.some(({ code }) => code === 'xml_bad')) return changed;
  const remarks = withoutNewDisks(await context.connection.domains.check(changed.document), changed);
  return { ...changed, problems: [...changed.problems, ...remarkProblems(remarks)] };
}

/** Images that the plan itself will make are not there yet: the driver is right to say so, and it does not count. */
function withoutNewDisks(remarks: readonly DocumentRemark[], { document, steps }: Plan): DocumentRemark[] {
  const made = new Set(steps.flatMap((step) => ('path' in step ? [step.path] : [])));
  const { disks } = readDomain(document).devices;
  return remarks.filter(({ path }) => {
    const found = /^devices\/disk(?:\[(\d+)\])?\/source/.exec(path);
    // the only one of its kind has no number
    const source = found ? disks[Number(found[1] ?? 1) - 1]?.source : undefined;
    return !made.has(source?.file ?? source?.dev ?? '');
  });
}

/** Problems of the fields that the person's own document overrules do not count any more. */
function withDocument(made: Plan, document: string, choices: Choices, facts: Facts): Plan {
  const { names, host } = facts;
  const files = made.problems.filter(
    ({ field }) => field === '' || /^(source|disk\.(pool|size|path))/.test(field),
  );
  let domain: Domain;
  try {
    domain = readDomain(document);
  } catch (thrown) {
    const error = toGuestroomError(thrown);
    if (error.code !== 'xml_invalid' && error.code !== 'too_large') throw error;
    const problem: Problem = {
      field: 'document',
      code: 'xml_bad',
      params: { message: error.message },
      level: 'error',
    };
    return { ...made, document, problems: [...files, problem] };
  }
  const collected = new Problems();
  const networks = networksOf(domain);
  const { start } = made.resolved.values;
  checkVirtualNetworks(networks, start, facts, collected, { field: 'document', level: 'warning' });
  const problems = [...files, ...collected.list];
  if (names.has(domain.name))
    problems.push({
      field: 'document',
      code: 'name_taken',
      params: { host, name: domain.name },
      level: 'error',
    });
  const used = new Set(domain.devices.disks.map((disk) => disk.source?.file ?? disk.source?.dev));
  for (const step of made.steps) {
    if ('path' in step && !used.has(step.path))
      problems.push({
        field: 'document',
        code: 'document_disk',
        params: { path: step.path },
        level: 'error',
      });
  }
  const withUuid =
    domain.uuid === undefined ? DomainDocument.parse(document).setUuid(made.uuid).toString() : document;
  const steps = [
    ...made.steps.filter(({ kind }) => kind !== 'networkStart' && kind !== 'start'),
    ...startSteps(networks, start, facts, choices),
  ];
  return { ...made, document: withUuid, name: domain.name, uuid: domain.uuid ?? made.uuid, steps, problems };
}
