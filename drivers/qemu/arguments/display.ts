import type { Graphics, Input, Video } from '../../xml/domain/types.ts';
import { atLeast } from '../capabilities.ts';
import { pciPlace, platformOfPlan, usbPlace, virtioModel, virtioOptions } from './addresses.ts';
import { formatOptions, type Arguments, type Options } from './options.ts';
import type { GuestPlan } from './plan.ts';

/** Screens that the document asks for and this driver serves, with their positions among all graphics. */
export function vncScreens(graphics: readonly Graphics[]): { graphics: Graphics; index: number }[] {
  const screens = graphics
    .map((one, index) => ({ graphics: one, index }))
    .filter(({ graphics: one }) => one.type === 'vnc');
  // a screen of another kind is shown over VNC rather than not at all: see remarks
  const [first] = graphics;
  if (screens.length > 0 || first === undefined || first.type === 'egl-headless') return screens;
  // whom the other kind was open to says nothing about this one
  const { listen: _listen, socket: _socket, ...rest } = first;
  return [{ graphics: { ...rest, type: 'vnc', port: -1, listens: [] }, index: 0 }];
}

/** The address where the document wants the screen on TCP; undefined for a unix socket. */
export function tcpListen(graphics: Graphics): string | undefined {
  const listen = graphics.listens[0];
  if (listen?.type === 'none' || listen?.type === 'socket' || graphics.socket !== undefined) return undefined;
  const address = listen?.address ?? graphics.listen;
  const fixed = graphics.port !== undefined && graphics.port > 0 && graphics.autoport !== true;
  return address ?? (fixed ? '127.0.0.1' : undefined);
}

/** The socket that the document names itself. */
export const ownSocket = (graphics: Graphics): string | undefined =>
  graphics.socket ?? graphics.listens.find(({ type }) => type === 'socket')?.socket;

export function addScreens(args: Arguments, plan: GuestPlan): void {
  args.add('-display', 'none');
  for (const { graphics, index } of vncScreens(plan.domain.devices.graphics)) {
    const port = plan.vncPorts.get(index);
    const address = tcpListen(graphics);
    const head =
      port === undefined
        ? `unix:${ownSocket(graphics) ?? plan.places.vnc(index)}`
        : `${address?.includes(':') === true ? `[${address}]` : (address ?? '127.0.0.1')}:${String(port - 5900)}`;
    const secret = graphics.passwd === undefined ? undefined : `vnc-secret${String(index)}`;
    if (secret !== undefined) args.object('secret', { id: secret, file: plan.places.vncSecret(index) });
    args.add(
      '-vnc',
      formatOptions(head, {
        'password-secret': secret,
        share: graphics.sharePolicy,
        'power-control': graphics.powerControl,
        websocket:
          port !== undefined && graphics.websocket !== undefined && graphics.websocket > 0
            ? graphics.websocket
            : undefined,
        audiodev: graphics.audioId === undefined ? undefined : `audio${String(graphics.audioId)}`,
      }),
    );
    if (graphics.keymap !== undefined) args.add('-k', graphics.keymap);
  }
  const { videos, graphics } = plan.domain.devices;
  const platform = platformOfPlan(plan);
  if (videos.length === 0 && graphics.length > 0) {
    args.device(platform.x86 ? 'VGA' : virtioModel(plan, 'gpu'), { id: 'video0' });
  }
  videos.forEach((video, index) => addVideo(args, plan, video, index));
  plan.domain.devices.inputs.forEach((input, index) => addInput(args, plan, input, index));
}

const mib = (kib: number | undefined): number | undefined =>
  kib === undefined ? undefined : Math.max(1, Math.round(kib / 1024));

/** QEMU's model of a video device; undefined where there is none to add. */
export function videoModel(plan: GuestPlan, video: Video, index: number): string | undefined {
  const platform = platformOfPlan(plan);
  const first = video.model?.primary ?? index === 0;
  switch (video.model?.type) {
    case 'none':
      return undefined;
    case 'cirrus':
      return 'cirrus-vga';
    case 'vmvga':
      return 'vmware-svga';
    case 'qxl':
      return first ? 'qxl-vga' : 'qxl';
    case 'virtio':
      return first && platform.x86 && platform.virtio === 'pci' ? 'virtio-vga' : virtioModel(plan, 'gpu');
    case 'bochs':
      return 'bochs-display';
    case 'ramfb':
      return 'ramfb';
    default:
      return platform.x86 || platform.family === 'pseries'
        ? first
          ? 'VGA'
          : 'secondary-vga'
        : virtioModel(plan, 'gpu');
  }
}

function addVideo(args: Arguments, plan: GuestPlan, video: Video, index: number): void {
  const model = videoModel(plan, video, index);
  if (model === undefined) return;
  const { heads, resolution, vgamem, vram, ram, vram64 } = video.model ?? {};
  const size: Options = { xres: resolution?.x, yres: resolution?.y };
  const own: Options = model.startsWith('virtio')
    ? {
        max_outputs: heads !== undefined && heads > 1 ? heads : undefined,
        ...size,
        ...virtioOptions(video.driver),
      }
    : model.startsWith('qxl')
      ? {
          ram_size: ram === undefined ? undefined : ram * 1024,
          vram_size: vram === undefined ? undefined : vram * 1024,
          vram64_size_mb: mib(vram64),
          vgamem_mb: mib(vgamem),
          max_outputs: heads,
        }
      : model === 'VGA' || model === 'secondary-vga' || model === 'cirrus-vga' || model === 'vmware-svga'
        ? { vgamem_mb: mib(vram), ...(model === 'VGA' || model === 'secondary-vga' ? size : {}) }
        : model === 'bochs-display'
          ? { vgamem: vram === undefined ? undefined : vram * 1024, ...size }
          : {};
  const place = model === 'ramfb' ? {} : pciPlace(plan, video.address);
  args.device(
    model,
    { id: `video${String(index)}`, ...own, ...place },
    `devices/video[${String(index + 1)}]`,
  );
}

function addInput(args: Arguments, plan: GuestPlan, input: Input, index: number): void {
  const platform = platformOfPlan(plan);
  const path = `devices/input[${String(index + 1)}]`;
  const id = `input${String(index)}`;
  const bus = input.bus ?? (input.type === 'tablet' || !platform.ps2 ? 'usb' : 'ps2');
  if (bus === 'usb') {
    const models: Readonly<Record<string, string>> = {
      tablet: 'usb-tablet',
      mouse: 'usb-mouse',
      keyboard: 'usb-kbd',
    };
    const model = models[input.type];
    if (model !== undefined) args.device(model, { id, ...usbPlace(input.address) }, path);
  } else if (bus === 'virtio') {
    const kinds: Readonly<Record<string, string>> = {
      tablet: 'tablet',
      mouse: 'mouse',
      keyboard: 'keyboard',
      passthrough: 'input-host',
    };
    const kind = kinds[input.type];
    if (kind === undefined) return;
    const evdev = input.type === 'passthrough' ? (input.source?.evdev ?? input.source?.dev) : undefined;
    args.device(
      virtioModel(plan, kind, input.model),
      { id, evdev, ...virtioOptions(input.driver), ...pciPlace(plan, input.address) },
      path,
    );
  }
}

/** Sound cards and where their sound goes. */
export function addSound(args: Arguments, plan: GuestPlan): void {
  const { sounds, audios } = plan.domain.devices;
  const drivers: Readonly<Record<string, string>> = { pulseaudio: 'pa', file: 'wav', spice: 'none' };
  for (const audio of audios) {
    const driver = drivers[audio.type] ?? audio.type;
    args.option('-audiodev', driver, {
      id: `audio${String(audio.id)}`,
      path: audio.type === 'file' ? audio.path : undefined,
      server: audio.type === 'pulseaudio' ? audio.serverName : undefined,
    });
  }
  if (sounds.length > 0 && audios.length === 0) args.option('-audiodev', 'none', { id: 'audio1' });
  sounds.forEach((sound, index) => {
    const path = `devices/sound[${String(index + 1)}]`;
    const id = `sound${String(index)}`;
    const audiodev = `audio${String(sound.audioId ?? audios[0]?.id ?? 1)}`;
    const place = pciPlace(plan, sound.address);
    switch (sound.model) {
      case 'ich6':
      case 'ich7':
      case 'ich9': {
        args.device(sound.model === 'ich9' ? 'ich9-intel-hda' : 'intel-hda', { id, ...place }, path);
        const codecs = sound.codecs.length > 0 ? sound.codecs : ['duplex'];
        codecs.forEach((codec, cad) => {
          const model = codec === 'micro' ? 'hda-micro' : codec === 'output' ? 'hda-output' : 'hda-duplex';
          args.device(model, { id: `${id}-codec${String(cad)}`, bus: `${id}.0`, cad, audiodev }, path);
        });
        return;
      }
      case 'ac97':
        args.device('AC97', { id, audiodev, ...place }, path);
        return;
      case 'es1370':
        args.device('ES1370', { id, audiodev, ...place }, path);
        return;
      case 'sb16':
        args.device('sb16', { id, audiodev }, path);
        return;
      case 'usb':
        args.device('usb-audio', { id, audiodev, ...usbPlace(sound.address) }, path);
        return;
      case 'virtio':
        args.device(
          atLeast(plan.capabilities.version, 8, 2) ? 'virtio-sound-pci' : 'virtio-sound',
          { id, audiodev, ...place },
          path,
        );
        return;
      case 'pcspk':
        args.option('-machine', undefined, { 'pcspk-audiodev': audiodev });
        return;
      default:
        args.device(sound.model, { id, audiodev, ...place }, path);
    }
  });
}
