import { or, required, requiredSwitch, value, values } from '../../codec/fields.ts';
import { count, filled, onOff, text, yesNo } from '../../codec/scalars.ts';
import { child, nth, struct, type Fields, type Part } from '../../codec/structs.ts';
import type { CharacterDevice, CharacterSource, CharacterTarget, Redirdev, Smartcard } from '../types.ts';
import { alias, at, bootOrder } from './address.ts';

export const characterSourceFields: Fields<CharacterSource> = {
  path: value('@path', text),
  mode: value('@mode', text),
  host: value('@host', text),
  service: value('@service', text),
  tls: value('@tls', yesNo),
  append: value('@append', onOff),
  channel: value('@channel', text),
  master: value('@master', text),
  slave: value('@slave', text),
  reconnect: child(
    'reconnect',
    struct<Part<CharacterSource, 'reconnect'>>({
      enabled: requiredSwitch('@enabled', yesNo),
      timeout: value('@timeout', count),
    }),
  ),
};
const source = struct<CharacterSource>(characterSourceFields);
export const characterSource = child('source', source);
export const protocol = value('protocol@type', text);

const target = struct<CharacterTarget>({
  type: value('@type', text),
  address: value('@address', text),
  port: value('@port', count),
  name: value('@name', text),
  state: value('@state', text),
  model: value('model@name', text),
});

export const characterDevice = struct<CharacterDevice>({
  type: or(value('@type', text), 'pty'),
  tty: value('@tty', text),
  source: characterSource,
  secondSource: nth('source', 1, source),
  protocol,
  log: child(
    'log',
    struct<Part<CharacterDevice, 'log'>>({
      file: required(value('@file', text), 'file'),
      append: value('@append', onOff),
    }),
  ),
  target: child('target', target),
  alias,
  address: at,
});

export const smartcard = struct<Smartcard>({
  mode: required(value('@mode', text), 'mode'),
  type: value('@type', text),
  source: characterSource,
  protocol,
  certificates: values('certificate', text),
  database: value('database', filled),
  alias,
  address: at,
});

export const redirdev = struct<Redirdev>({
  bus: value('@bus', text),
  type: required(value('@type', text), 'type'),
  source: characterSource,
  protocol,
  bootOrder,
  alias,
  address: at,
});
