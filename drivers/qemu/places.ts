import { GuestroomError } from '../api/errors.ts';
import type { Host } from '../api/host.ts';

/** A monitor serves one client, so that as many instances of the app can look at a guest as there are monitors. */
export const monitorCount = 4;

/** Files of one guest. */
export interface Places {
  /** 0700, gone when the guest is off: sockets, secrets, the live document. */
  runtime: string;
  monitors: readonly string[];
  vnc(index: number): string;
  console(alias: string): string;
  /** What the guest wrote to this console since its start. */
  consoleLog(alias: string): string;
  vncSecret(index: number): string;
  tpmSocket: string;
  /** QEMU removes it when it ends in order; left behind it tells of a violent end. */
  pidFile: string;
  liveDocument: string;
  /** Beside the folder, not in it: one watch on the folder of all guests sees it come and go. */
  liveFacts: string;
  claim: string;
  /** Kept while the domain exists: variables, TPM and saved states. QEMU's working folder. */
  own: string;
  nvram: string;
  tpmState: string;
  savedState: string;
  /** Everything that QEMU said, of this and earlier runs. */
  log: string;
  tpmLog: string;
}

/** Where the driver keeps its things on a host: documents under data, sockets under runtime, logs under state. */
export class Layout {
  readonly documents: string;
  readonly guests: string;
  readonly images: string;
  readonly runtime: string;
  readonly logs: string;
  private readonly host: Host;

  constructor(host: Host) {
    const { join } = host.files;
    this.host = host;
    this.documents = join(host.paths.data, 'qemu', 'domains');
    this.guests = join(host.paths.data, 'qemu', 'guests');
    this.images = join(host.paths.data, 'qemu', 'images');
    this.runtime = join(host.paths.runtime, 'qemu');
    this.logs = join(host.paths.state, 'qemu');
  }

  document(uuid: string): string {
    return this.host.files.join(this.documents, `${uuid}.xml`);
  }

  /** What we note about a domain beside its document. */
  notes(uuid: string): string {
    return this.host.files.join(this.documents, `${uuid}.json`);
  }

  of(uuid: string): Places {
    const { join } = this.host.files;
    const runtime = join(this.runtime, uuid);
    const own = join(this.guests, uuid);
    return {
      runtime,
      own,
      monitors: Array.from({ length: monitorCount }, (_, index) => join(runtime, `qmp${String(index)}`)),
      vnc: (index) => join(runtime, `vnc${String(index)}`),
      console: (alias) => join(runtime, alias),
      consoleLog: (alias) => join(this.logs, `${uuid}-${alias}.log`),
      vncSecret: (index) => join(runtime, `vnc${String(index)}.secret`),
      tpmSocket: join(runtime, 'tpm'),
      pidFile: join(runtime, 'pid'),
      liveDocument: join(runtime, 'live.xml'),
      liveFacts: join(this.runtime, `${uuid}.json`),
      claim: join(runtime, 'claim'),
      nvram: join(own, 'nvram.fd'),
      tpmState: join(own, 'tpm'),
      savedState: join(own, 'saved'),
      log: join(this.logs, `${uuid}.log`),
      tpmLog: join(this.logs, `${uuid}-tpm.log`),
    };
  }

  /** Rejects where the runtime folder is so deep that sockets in it cannot be opened. */
  checkSocketLength(): void {
    const limit = this.host.os === 'linux' ? 107 : 103;
    const longest = this.of('00000000-0000-0000-0000-000000000000').console('channel10');
    const length = Buffer.byteLength(longest, 'utf8');
    if (length > limit) {
      throw new GuestroomError(
        'invalid_argument',
        `The path of the folder for sockets is too long: ${this.runtime}`,
        {
          detail: `A socket's path has ${String(length)} bytes there, the system allows ${String(limit)}`,
          hint: 'Set XDG_RUNTIME_DIR to a shorter path and start again',
        },
      );
    }
  }
}
