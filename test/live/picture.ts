import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Locator } from 'playwright-core';
import type { Folders } from '../lab/folders.ts';
import { said } from '../lab/shell.ts';

export interface Comparison {
  /** Of the canvas and of QEMU's own picture: `width × height`. */
  canvas: string;
  dump: string;
  /** Share of pixels that differ visibly. A blinking cursor is far below a thousandth. */
  different: number;
  /** Share of the picture that is not its commonest colour: a blank screen has none. */
  drawn: number;
}

/** What the canvas shows beside the picture that QEMU itself gives of its screen. */
export async function compareWithQemu(
  screen: Locator,
  folders: Folders,
  name: string,
  file = 'screen.png',
): Promise<Comparison> {
  await said(folders, 'screenshot', name, file);
  return compareWith(screen, await readFile(join(folders.files, file)));
}

/** What the canvas shows beside a PNG that was taken of the same screen. */
export function compareWith(screen: Locator, picture: Buffer): Promise<Comparison> {
  const png = picture.toString('base64');
  return screen.evaluate(async (frame, encoded): Promise<Comparison> => {
    const bytes = Uint8Array.from(atob(encoded), (char) => char.charCodeAt(0));
    const image = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
    const paper = new OffscreenCanvas(image.width, image.height).getContext('2d');
    const canvas = frame.querySelector('canvas');
    const shown = canvas?.getContext('2d');
    if (!canvas || !shown || !paper) throw new Error('no canvas');
    paper.drawImage(image, 0, 0);
    const [canvasSize, dumpSize] = [
      `${String(canvas.width)} × ${String(canvas.height)}`,
      `${String(image.width)} × ${String(image.height)}`,
    ];
    if (canvasSize !== dumpSize) return { canvas: canvasSize, dump: dumpSize, different: 1, drawn: 0 };
    const ours = shown.getImageData(0, 0, canvas.width, canvas.height).data;
    const theirs = paper.getImageData(0, 0, image.width, image.height).data;
    const pixels = canvas.width * canvas.height;
    const colours = new Map<number, number>();
    let different = 0;
    for (let at = 0; at < pixels * 4; at += 4) {
      const far = [0, 1, 2].some((part) => Math.abs((ours[at + part] ?? 0) - (theirs[at + part] ?? 0)) > 16);
      if (far) different += 1;
      const colour = ((ours[at] ?? 0) << 16) | ((ours[at + 1] ?? 0) << 8) | (ours[at + 2] ?? 0);
      colours.set(colour, (colours.get(colour) ?? 0) + 1);
    }
    return {
      canvas: canvasSize,
      dump: dumpSize,
      different: different / pixels,
      drawn: 1 - Math.max(...colours.values()) / pixels,
    };
  }, png);
}
