import type { DocumentForm } from '../api/document-form.ts';
import type { Daemon } from './daemon.ts';
import { domainOf } from './identity.ts';
import { DomainXMLFlags } from './rpc/enums.gen.ts';

const flags = {
  inactive: DomainXMLFlags.INACTIVE,
  secure: DomainXMLFlags.SECURE,
  migratable: DomainXMLFlags.MIGRATABLE,
  updateCpu: DomainXMLFlags.UPDATE_CPU,
} as const;

/** The document of a domain; without a form it is the running guest's, where there is one. */
export async function domainXml(daemon: Daemon, uuid: string, form: DocumentForm = {}): Promise<string> {
  const names = Object.keys(flags) as (keyof DocumentForm)[];
  const asked = names.reduce((sum, name) => sum | (form[name] === true ? flags[name] : 0), 0);
  const args = { dom: domainOf(uuid), flags: asked };
  return (await daemon.call('DOMAIN_GET_XML_DESC', args, { domain: uuid })).xml;
}

/** libvirt tells it only to those who may change things. */
export const tellsSecrets = ({ secure = false, migratable = false }: DocumentForm): boolean =>
  secure || migratable;
