import type { Element } from '@xmldom/xmldom';
import { positionOf, xmlError } from '../position.ts';
import { descend } from '../tree.ts';
import { path, rawText, removeAt, setRaw, type Field, type Path } from './fields.ts';
import { unitSize, unwritable } from './scalars.ts';

/**
 * A size with a unit beside it, read as bytes. It is written in the unit that the document already uses where that
 * gives a whole number, else in KiB where nothing less is usual, else in bytes.
 * @param notation where the number is; the unit is the attribute `unit` of the same element
 * @param standard what a missing unit means
 * @param precision `rounded` reads sizes from 8 PiB up to 16 EiB as the nearest number there is; they cannot be written
 */
export function bytes(
  notation: string,
  standard: 'bytes' | 'KiB' | 'MiB',
  precision: 'exact' | 'rounded' = 'exact',
): Field<number | undefined, number> {
  const place = path(notation);
  const unitPlace: Path = { steps: place.steps, attribute: 'unit' };
  const possible =
    precision === 'exact' ? Number.isSafeInteger : (total: number): boolean => total >= 0 && total < 2 ** 64;
  const sizeOfUnit = (at: Element): number => {
    const unit = rawText(at, unitPlace) ?? standard;
    const size = unitSize(unit);
    if (size === undefined) {
      throw xmlError(`"${unit}" is not a unit of size`, positionOf(descend(at, place.steps) ?? at));
    }
    return size;
  };
  return {
    read(at) {
      const raw = rawText(at, place)?.trim();
      if (raw === undefined || raw === '') return undefined;
      const total = /^\d+$/.test(raw) ? Number(raw) * sizeOfUnit(at) : Number.NaN;
      if (!possible(total)) {
        const name = place.steps.at(-1) ?? at.tagName;
        throw xmlError(
          `<${name}> must be a whole number below ${precision === 'exact' ? '8 PiB' : '16 EiB'}, not "${raw.slice(0, 60)}"`,
          positionOf(descend(at, place.steps) ?? at),
        );
      }
      return total;
    },
    write(at, wanted) {
      if (!Number.isSafeInteger(wanted) || wanted < 0) {
        throw unwritable(`<${place.steps.at(-1) ?? at.tagName}>`, wanted, 'a whole number of bytes');
      }
      const existing = rawText(at, unitPlace);
      const kept = existing === undefined ? undefined : unitSize(existing);
      if (existing !== undefined && kept !== undefined && wanted % kept === 0) {
        setRaw(at, place, String(wanted / kept));
        return;
      }
      if (
        existing === undefined &&
        (rawText(at, place) ?? '') !== '' &&
        wanted % (unitSize(standard) ?? 1) === 0
      ) {
        setRaw(at, place, String(wanted / (unitSize(standard) ?? 1)));
        return;
      }
      const unit = standard !== 'bytes' && wanted % 1024 === 0 ? 'KiB' : 'bytes';
      setRaw(at, place, String(wanted / (unit === 'KiB' ? 1024 : 1)));
      setRaw(at, unitPlace, unit);
    },
    remove(at) {
      if (place.attribute !== undefined) removeAt(at, unitPlace);
      removeAt(at, place);
    },
  };
}
