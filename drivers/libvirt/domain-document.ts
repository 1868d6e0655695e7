import type { DocumentForm } from '../api/document-form.ts';
import { DomainXMLFlags } from './rpc/enums.gen.ts';

const flags = {
  inactive: DomainXMLFlags.INACTIVE,
  secure: DomainXMLFlags.SECURE,
  migratable: DomainXMLFlags.MIGRATABLE,
  updateCpu: DomainXMLFlags.UPDATE_CPU,
} as const;

export const documentFlags = (form: DocumentForm): number =>
  (Object.keys(flags) as (keyof DocumentForm)[]).reduce(
    (sum, name) => sum | (form[name] === true ? flags[name] : 0),
    0,
  );

/** libvirt tells it only to those who may change things. */
export const tellsSecrets = ({ secure = false, migratable = false }: DocumentForm): boolean =>
  secure || migratable;
