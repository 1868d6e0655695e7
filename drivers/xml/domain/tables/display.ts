import { required, value, values } from '../../codec/fields.ts';
import { count, filled, integer, onOff, text, yesNo } from '../../codec/scalars.ts';
import { child, list, struct, type Part } from '../../codec/structs.ts';
import type { Audio, Graphics, Input, Listen, Sound, Video, VideoModel } from '../types.ts';
import { alias, at, virtioDriver, virtioDriverFields } from './address.ts';

const port = integer(-1, 65535);

const listen = struct<Listen>({
  type: required(value('@type', text), 'type'),
  address: value('@address', text),
  network: value('@network', text),
  socket: value('@socket', filled),
});

export const graphics = struct<Graphics>({
  type: required(value('@type', text), 'type'),
  port: value('@port', port),
  tlsPort: value('@tlsPort', port),
  autoport: value('@autoport', yesNo),
  websocket: value('@websocket', port),
  listen: value('@listen', filled),
  socket: value('@socket', filled),
  keymap: value('@keymap', text),
  passwd: value('@passwd', text),
  passwdValidTo: value('@passwdValidTo', text),
  connected: value('@connected', text),
  sharePolicy: value('@sharePolicy', text),
  powerControl: value('@powerControl', yesNo),
  defaultMode: value('@defaultMode', text),
  display: value('@display', text),
  xauth: value('@xauth', text),
  fullscreen: value('@fullscreen', yesNo),
  listens: list('listen', listen),
  channels: list(
    'channel',
    struct<Graphics['channels'][number]>({
      name: required(value('@name', text), 'name'),
      mode: required(value('@mode', text), 'mode'),
    }),
  ),
  imageCompression: value('image@compression', text),
  jpegCompression: value('jpeg@compression', text),
  zlibCompression: value('zlib@compression', text),
  playbackCompression: value('playback@compression', onOff),
  streamingMode: value('streaming@mode', text),
  clipboardCopypaste: value('clipboard@copypaste', yesNo),
  mouseMode: value('mouse@mode', text),
  filetransfer: value('filetransfer@enable', yesNo),
  gl: child(
    'gl',
    struct<Part<Graphics, 'gl'>>({ enable: value('@enable', yesNo), rendernode: value('@rendernode', text) }),
  ),
  audioId: value('audio@id', count),
});

const videoModel = struct<VideoModel>({
  type: required(value('@type', text), 'type'),
  ram: value('@ram', count),
  vram: value('@vram', count),
  vram64: value('@vram64', count),
  vgamem: value('@vgamem', count),
  heads: value('@heads', count),
  primary: value('@primary', yesNo),
  blob: value('@blob', onOff),
  acceleration: child(
    'acceleration',
    struct<Part<VideoModel, 'acceleration'>>({
      accel2d: value('@accel2d', yesNo),
      accel3d: value('@accel3d', yesNo),
      rendernode: value('@rendernode', text),
    }),
  ),
  resolution: child(
    'resolution',
    struct<Part<VideoModel, 'resolution'>>({
      x: required(value('@x', count), 'x'),
      y: required(value('@y', count), 'y'),
    }),
  ),
});

export const video = struct<Video>({
  driver: child(
    'driver',
    struct<Part<Video, 'driver'>>({
      name: value('@name', text),
      vgaconf: value('@vgaconf', text),
      ...virtioDriverFields,
    }),
  ),
  model: child('model', videoModel),
  alias,
  address: at,
});

export const input = struct<Input>({
  type: required(value('@type', text), 'type'),
  bus: value('@bus', text),
  model: value('@model', text),
  driver: virtioDriver,
  source: child(
    'source',
    struct<Part<Input, 'source'>>({
      evdev: value('@evdev', text),
      dev: value('@dev', text),
      grab: value('@grab', text),
      repeat: value('@repeat', onOff),
      grabToggle: value('@grabToggle', text),
    }),
  ),
  alias,
  address: at,
});

export const sound = struct<Sound>({
  model: required(value('@model', text), 'model'),
  codecs: values('codec@type', text),
  audioId: value('audio@id', count),
  alias,
  address: at,
});

export const audio = struct<Audio>({
  id: required(value('@id', count), 'id'),
  type: required(value('@type', text), 'type'),
  serverName: value('@serverName', text),
  path: value('@path', text),
});
