import type { TrialRow } from '../../../preload/attempts.ts';
import { t } from '../../i18n/index.svelte.ts';

/** What a trial has found, beside the host's name: QEMU 8.2.0, libvirt 10.0.0, 12 virtual machines, 3 running. */
export function foundFacts(found: NonNullable<TrialRow['found']>): string[] {
  const { hypervisor, hypervisorVersion, libvirtVersion, machines, running, readOnly } = found;
  return [
    [hypervisor, hypervisorVersion].filter((part) => part !== undefined).join(' '),
    ...(libvirtVersion === undefined ? [] : [`libvirt ${libvirtVersion}`]),
    running === 0 ? t.connect.machines(machines) : t.connect.foundRunning(machines, running),
    ...(readOnly ? [t.connect.onlyLooking] : []),
  ];
}
