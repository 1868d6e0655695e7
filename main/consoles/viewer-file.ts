import type { SpiceAddress } from '../../drivers/api/driver.ts';

/** What remote-viewer reads of a connection file (remote-viewer(1)), for a SPICE screen as seen from this computer. */
export interface ViewerTarget extends SpiceAddress {
  title: string;
}

/** GLib's key files: what would end a line, and blanks at its beginning, are written with a backslash. */
const value = (text: string): string =>
  text
    .replaceAll('\\', '\\\\')
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r')
    .replaceAll('\t', '\\t')
    .replace(/^ +/, (blanks) => '\\s'.repeat(blanks.length));

/** A connection file, with the password: remote-viewer removes it as soon as it has read it. */
export function viewerFile({ unix, host, port, tlsPort, password, title }: ViewerTarget): string {
  const fields: readonly (readonly [name: string, value: string | number | undefined])[] = [
    ['type', 'spice'],
    // excludes the others; since virt-viewer 8.0
    ['unix-path', unix],
    ['host', unix === undefined ? host : undefined],
    ['port', unix === undefined ? port : undefined],
    ['tls-port', unix === undefined ? tlsPort : undefined],
    ['password', password],
    ['title', title],
    ['delete-this-file', 1],
  ];
  const lines = fields.flatMap(([name, said]) =>
    said === undefined ? [] : [`${name}=${typeof said === 'number' ? String(said) : value(said)}`],
  );
  return `[virt-viewer]\n${lines.join('\n')}\n`;
}
