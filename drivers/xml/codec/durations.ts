import { positionOf, xmlError } from '../position.ts';
import { descend } from '../tree.ts';
import { path, rawText, removeAt, setRaw, type Field, type Path } from './fields.ts';
import { unwritable } from './scalars.ts';

const unitSeconds: ReadonlyMap<string, number> = new Map([
  ['seconds', 1],
  ['minutes', 60],
  ['hours', 3600],
]);

/**
 * A time with the attribute `unit` beside it, read as seconds. It is written in the unit that the document already uses
 * where that gives a whole number, else in minutes, else in seconds.
 * @param standard what a missing unit means
 */
export function seconds(
  notation: string,
  standard: 'seconds' | 'minutes',
): Field<number | undefined, number> {
  const place = path(notation);
  const unitPlace: Path = { steps: place.steps, attribute: 'unit' };
  const name = place.attribute ?? place.steps.at(-1) ?? '';
  return {
    read(at) {
      const raw = rawText(at, place)?.trim();
      if (raw === undefined || raw === '') return undefined;
      const unit = unitSeconds.get(rawText(at, unitPlace) ?? standard);
      const total = unit !== undefined && /^\d{1,12}$/.test(raw) ? Number(raw) * unit : undefined;
      if (total === undefined) {
        const element = descend(at, place.steps) ?? at;
        throw xmlError(`${name} of <${element.tagName}> is not a time`, positionOf(element));
      }
      return total;
    },
    write(at, wanted) {
      if (!Number.isSafeInteger(wanted) || wanted < 0)
        throw unwritable(name, wanted, 'a whole number of seconds');
      const written = rawText(at, unitPlace) ?? (rawText(at, place) === undefined ? undefined : standard);
      const kept = written === undefined ? undefined : unitSeconds.get(written);
      if (kept !== undefined && wanted % kept === 0) {
        setRaw(at, place, String(wanted / kept));
        return;
      }
      const unit = wanted % 60 === 0 ? 'minutes' : 'seconds';
      setRaw(at, place, String(wanted / (unit === 'minutes' ? 60 : 1)));
      setRaw(at, unitPlace, unit);
    },
    remove(at) {
      removeAt(at, unitPlace);
      removeAt(at, place);
    },
  };
}
