import { GuestroomError } from './errors.ts';
import { reasonText } from './operations.ts';

/** Which document of a domain: by default the live one where it runs, without passwords. */
export interface DocumentForm {
  /** What the next start uses. */
  inactive?: boolean;
  /** With passwords. */
  secure?: boolean;
  /** As a migration sends it, which older daemons understand; libvirt itself puts passwords in. */
  migratable?: boolean;
  /** With the host's processor in place of a wish. */
  updateCpu?: boolean;
}

/** Throws `unsupported` for the forms that only a libvirt makes. */
export function refuseLibvirtForms({ migratable = false, updateCpu = false }: DocumentForm): void {
  if (migratable || updateCpu) throw new GuestroomError('unsupported', reasonText.driver_lacks);
}
