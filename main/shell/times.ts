const two = (number: number): string => String(number).padStart(2, '0');

/** In this computer's time zone, as virsh writes it: 2026-01-31 23:59:59 */
export function localTime(milliseconds: number): string {
  const at = new Date(milliseconds);
  const day = [at.getFullYear(), two(at.getMonth() + 1), two(at.getDate())].join('-');
  return `${day} ${[at.getHours(), at.getMinutes(), at.getSeconds()].map(two).join(':')}`;
}

/** With the zone's distance from UTC: 2026-01-31 23:59:59 +0100 */
export function zonedTime(milliseconds: number): string {
  const minutes = -new Date(milliseconds).getTimezoneOffset();
  const zone = `${minutes < 0 ? '-' : '+'}${two(Math.floor(Math.abs(minutes) / 60))}${two(Math.abs(minutes) % 60)}`;
  return `${localTime(milliseconds)} ${zone}`;
}
