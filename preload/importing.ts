import * as v from 'valibot';
import { ErrorData } from '../drivers/api/errors.ts';

/** Hosts that other programs know, and our own list as a file. None of it carries a secret: a URI has no place for one. */

export const importSources = ['ssh-config', 'virt-manager'] as const;
export type ImportSource = (typeof importSources)[number];

export const ImportableHost = v.object({
  source: v.picklist(importSources),
  name: v.string(),
  /** For a host of the SSH configuration that of libvirt's system daemon there. */
  uri: v.string(),
  /** It is in the list. */
  already: v.boolean(),
});
export type ImportableHost = v.InferOutput<typeof ImportableHost>;

/** Why a source gave less than it may have. */
export const ImportNote = v.object({
  source: v.picklist(importSources),
  /** absent: there is no such file or list; no-program: what could read it is not installed; failed: see the error. */
  reason: v.picklist(['absent', 'no-program', 'failed']),
  error: v.optional(ErrorData),
});
export type ImportNote = v.InferOutput<typeof ImportNote>;

export const Importable = v.object({ hosts: v.array(ImportableHost), notes: v.array(ImportNote) });
export type Importable = v.InferOutput<typeof Importable>;

/** More hosts than this in one go are no list of hosts. */
export const maxImport = 1000;
/** Characters of an exported list. */
export const maxExport = 512 * 1024;

/** One host of an exported list. */
export const ExportedHost = v.object({
  name: v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(255)),
  uri: v.pipe(v.string(), v.minLength(1), v.maxLength(2048)),
  autoconnect: v.optional(v.boolean(), false),
  readOnly: v.optional(v.boolean(), false),
});
export type ExportedHost = v.InferOutput<typeof ExportedHost>;

export const ImportOutcome = v.object({
  uri: v.string(),
  node: v.optional(v.string()),
  /** Why it was not added. */
  error: v.optional(ErrorData),
});
export type ImportOutcome = v.InferOutput<typeof ImportOutcome>;
