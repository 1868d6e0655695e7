import { required, value } from './codec/fields.ts';
import { signed, text, uuid } from './codec/scalars.ts';
import { struct } from './codec/structs.ts';
import { documentKind } from './kind.ts';

/** What lists show of a filter for guests' traffic; its rules stay in the document. */
export interface NwFilter {
  name: string;
  uuid?: string;
  chain?: string;
  priority?: number;
}

export const nwFilter = documentKind(
  'filter',
  struct<NwFilter>({
    name: required(value('@name', text), 'name'),
    chain: value('@chain', text),
    priority: value('@priority', signed),
    uuid: value('uuid', uuid),
  }),
);
