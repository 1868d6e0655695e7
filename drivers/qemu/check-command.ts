import type { Domain } from '../xml/domain/types.ts';
import { forwardCount } from './arguments/network.ts';
import { isOptionName } from './arguments/options.ts';
import type { Findings } from './remark.ts';

const mostForwards = 1000;
const mostThreads = 1000;

/** What a document can ask for by a number alone: more than memory holds must not even be written down. */
export function checkCounts(domain: Domain, findings: Findings): boolean {
  const forwards = domain.devices.interfaces.reduce((sum, one) => sum + forwardCount(one), 0);
  if (forwards > mostForwards) {
    findings.fatal('devices', 'too_large', `More than ${String(mostForwards)} ports cannot be forwarded`);
  }
  const threads = domain.iothreads ?? 0;
  if (threads > mostThreads) {
    findings.fatal('iothreads', 'too_large', `More than ${String(mostThreads)} I/O threads cannot be made`);
  }
  return forwards <= mostForwards && threads <= mostThreads;
}

/**
 * Names of CPU features become names of options, and -cpu has no way to write a comma: without that the rest of a command
 * line cannot be looked at.
 */
export function checkProcessor(domain: Domain, findings: Findings): boolean {
  const values: [string, string | undefined][] = [
    ['cpu/model', domain.cpu?.model?.name],
    ['cpu/model@vendor_id', domain.cpu?.model?.vendorId],
    ['features/hyperv/vendor_id@value', domain.features.hyperv?.vendorId?.value],
  ];
  const divided = values.filter(([, value]) => value?.includes(','));
  for (const [path, value] of divided) {
    findings.fatal(
      path,
      'invalid_argument',
      `QEMU cannot be told this, for its comma: ${String(value).slice(0, 100)}`,
    );
  }
  const features = domain.cpu?.features ?? [];
  features.forEach(({ name }, at) => {
    if (isOptionName(name)) return;
    findings.fatal(
      `cpu/feature[${String(at + 1)}]`,
      'invalid_argument',
      `This is not a name of a CPU's feature: ${name.slice(0, 100)}`,
      { hint: 'Names are single words, as avx2 or sse4.1' },
    );
  });
  return divided.length === 0 && features.every(({ name }) => isOptionName(name));
}
