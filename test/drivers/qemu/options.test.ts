import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Arguments, formatOptions } from '../../../drivers/qemu/arguments/options.ts';

/** Reads an option the way QEMU does: parts end at a comma that is not doubled. */
function readAsQemu(text: string): string[] {
  const parts: string[] = [];
  let part = '';
  for (let at = 0; at < text.length; at++) {
    const character = text.charAt(at);
    if (character !== ',') part += character;
    else if (text.charAt(at + 1) === ',') {
      part += ',';
      at++;
    } else {
      parts.push(part);
      part = '';
    }
  }
  return [...parts, part];
}

describe('options of the command line', () => {
  test('whatever stands in a value, QEMU reads that value and no other option', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', minLength: 1 }),
        fc.string({ unit: 'grapheme' }),
        (one, two) => {
          const parts = readAsQemu(formatOptions('head', { one, two }));
          expect(parts).toEqual(['head', `one=${one}`, `two=${two}`]);
        },
      ),
    );
  });

  test('a value of commas and equals signs does not become a new option', () => {
    const text = formatOptions('socket', { path: '/tmp/a,server=on,path=/etc/shadow' });
    expect(text).toBe('socket,path=/tmp/a,,server=on,,path=/etc/shadow');
  });

  test('what is not set is left out, flags are on and off', () => {
    expect(formatOptions('VGA', { id: undefined, a: true, b: false, n: 0 })).toBe('VGA,a=on,b=off,n=0');
    expect(formatOptions(undefined, { size: '1k' })).toBe('size=1k');
  });

  test('an image’s path goes to QEMU unchanged, whatever it contains', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (filename) => {
        const args = new Arguments();
        args.blockdev({ driver: 'file', filename });
        expect(JSON.parse(args.list[1] ?? '')).toEqual({ driver: 'file', filename });
      }),
    );
  });

  test('devices with an address come first, so that no other device takes their place', () => {
    const args = new Arguments();
    args.device('e1000', { id: 'free' });
    args.device('VGA', { id: 'placed', addr: '0x2.0x0' });
    args.add('-S');
    args.addLast('-last');
    expect(args.list).toEqual([
      '-S',
      '-device',
      'VGA,id=placed,addr=0x2.0x0',
      '-device',
      'e1000,id=free',
      '-last',
    ]);
  });
});
