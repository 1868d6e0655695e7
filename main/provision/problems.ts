import type { Choices, Problem } from '../../preload/create.ts';
import type { Resolved } from './defaults.ts';
import type { Facts } from './facts.ts';
import { checkCloud } from './problems-cloud.ts';
import { checkFiles } from './problems-files.ts';
import { checkHardware } from './problems-hardware.ts';
import { checkNetwork } from './problems-network.ts';
import { freeName, maxName } from './names.ts';
import { Problems } from './problem-list.ts';

/** Everything that is wrong with these choices on this host: all of it, not the first. */
export function findProblems(choices: Choices, resolved: Resolved, facts: Facts): Problem[] {
  const problems = new Problems();
  checkConnection(facts, problems);
  checkFiles(choices, resolved, facts, problems);
  checkName(resolved.values.name, facts, problems);
  checkHardware(choices, resolved, facts, problems);
  checkNetwork(choices, resolved, facts, problems);
  if (choices.source.kind === 'cloud') checkCloud(choices.source, problems);
  return problems.list;
}

export function checkConnection(facts: Facts, problems: Problems): void {
  const { host } = facts;
  if (facts.readOnly) problems.error('', 'read_only', { host });
  else if (facts.verdicts.define.can === 'no') problems.error('', 'cannot_define', { host });
}

export function checkName(name: string, facts: Facts, problems: Problems): void {
  const { host, names } = facts;
  const trimmed = name.trim();
  const bad = /[\p{Cc}/]/u.exec(name)?.[0];
  if (trimmed === '') problems.error('name', 'name_missing');
  else if (bad !== undefined) {
    const character = bad === '/' ? '/' : JSON.stringify(bad).slice(1, -1);
    problems.error('name', 'name_bad', { character }, freeName(name.replace(/[\p{Cc}/]+/gu, '-'), names));
  } else if (name !== trimmed || name.startsWith('.') || name.endsWith('.'))
    problems.error(
      'name',
      'name_edges',
      {},
      freeName(trimmed.replace(/^\.+|\.+$/g, '').trim() || 'machine', names),
    );
  else if (new TextEncoder().encode(name).length > maxName)
    problems.error('name', 'name_long', { max: maxName });
  else if (names.has(name)) problems.error('name', 'name_taken', { host, name }, freeName(name, names));
}
