import { onlyYes, required, value } from './codec/fields.ts';
import { filled, text, uuid } from './codec/scalars.ts';
import type { Spec, Word } from './codec/spec.ts';
import { child, struct } from './codec/structs.ts';
import { documentKind } from './kind.ts';

/** What a secret document says. The secret itself is never part of it. */
export interface Secret {
  uuid?: string;
  description?: string;
  /** Gone when the daemon ends. */
  ephemeral: boolean;
  /** Its value cannot be read back. */
  private: boolean;
  usage?: SecretUsage;
}
export type SecretSpec = Spec<Secret>;

/** What it is for; the second field follows the type. */
export interface SecretUsage {
  type: Word<'volume' | 'ceph' | 'iscsi' | 'tls' | 'vtpm'>;
  /** volume: path of the image. */
  volume?: string;
  /** ceph, tls, vtpm */
  name?: string;
  /** iscsi */
  target?: string;
}

/** The word that disks and pools name the secret by. */
export const usageIdOf = ({ usage }: Secret): string | undefined =>
  usage?.volume ?? usage?.name ?? usage?.target;

const usage = struct<SecretUsage>({
  type: required(value('@type', text), 'type'),
  volume: value('volume', filled),
  name: value('name', filled),
  target: value('target', filled),
});

export const secret = documentKind(
  'secret',
  struct<Secret>({
    ephemeral: onlyYes('@ephemeral'),
    private: onlyYes('@private'),
    uuid: value('uuid', uuid),
    description: value('description', text),
    usage: child('usage', usage),
  }),
);
