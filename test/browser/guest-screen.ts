import { type Locator, type Page } from 'playwright-core';
import { glyph, glyphHeight, glyphWidth } from '../../drivers/test/font.ts';
import { screenHeight, screenWidth } from '../../drivers/test/screen.ts';

/** The frame in which the test hypervisor's picture is shown. */
export const screenOf = (page: Page, name: string): Locator =>
  page.getByRole('application', { name: `Screen of ${name}` });

interface Picture {
  width: number;
  height: number;
  /** 0xRRGGBB, row by row. */
  pixels: number[];
}

/** What the canvas shows, in the guest's own pixels. */
export function pictureOf(screen: Locator): Promise<Picture> {
  return screen.evaluate((frame) => {
    const canvas = frame.querySelector('canvas');
    const context = canvas?.getContext('2d');
    if (!canvas || !context || canvas.width === 0) return { width: 0, height: 0, pixels: [] };
    const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
    const pixels: number[] = [];
    for (let at = 0; at < data.length; at += 4)
      pixels.push(((data[at] ?? 0) << 16) | ((data[at + 1] ?? 0) << 8) | (data[at + 2] ?? 0));
    return { width: canvas.width, height: canvas.height, pixels };
  });
}

const ink = 0xe6edf3;
const characters = Array.from({ length: 95 }, (_, at) => String.fromCharCode(32 + at));
const shapes = new Map(characters.map((each) => [glyph(each).join(), each]));

/** Reads the words of a font twice its size from the picture, as far as the line goes. */
function readLine({ width, pixels }: Picture, x: number, y: number): string {
  let text = '';
  for (let left = x; left + glyphWidth * 2 <= width; left += glyphWidth * 2) {
    const columns = Array.from({ length: 5 }, (_, column) => {
      let bits = 0;
      for (let row = 0; row < 7; row += 1)
        if (pixels[(y + row * 2) * width + left + column * 2] === ink) bits |= 1 << row;
      return bits;
    });
    text += shapes.get(columns.join()) ?? '\ufffd';
  }
  return text.trimEnd();
}

/** The name that the made-up guest shows at the top of its screen. */
export const titleOn = async (screen: Locator): Promise<string> => readLine(await pictureOf(screen), 16, 8);

/** What was typed into the made-up guest, read from its picture; undefined before there is one. */
export async function typedOn(screen: Locator): Promise<string | undefined> {
  const picture = await pictureOf(screen);
  if (picture.width !== screenWidth || picture.height !== screenHeight) return undefined;
  const lines = Array.from({ length: 14 }, (_, row) => readLine(picture, 16, 96 + row * glyphHeight * 2));
  return lines.join('\n').trimEnd().replace(/^> /, '').replace(/_$/, '');
}
