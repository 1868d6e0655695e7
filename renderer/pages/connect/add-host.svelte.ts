import { GuestroomError } from '../../../drivers/api/errors.ts';
import { formatUri, parseUri } from '../../../drivers/api/uri.ts';
import type { Probe } from '../../../preload/rows.ts';
import { t } from '../../i18n/index.svelte.ts';
import type { TrialSubject } from '../../state/trial.svelte.ts';
import { addressProblem, type HostAddress, isPort, readAddress } from './address.ts';
import { SshWay } from './ssh-way.svelte.ts';

export const ways = ['local', 'ssh', 'tls', 'other'] as const;
export type Way = (typeof ways)[number];

/** Hypervisors that libvirt's daemon of another host may run; remote: the one that it chooses itself. */
export const hypervisors = ['qemu', 'lxc', 'xen', 'ch', 'bhyve', 'vbox', 'remote'] as const;
export type Hypervisor = (typeof hypervisors)[number];

/** libvirt's own port for TLS. */
export const tlsPort = 16_514;

/** What a person has chosen in the dialog that adds a host, each way keeping its own. */
export class AddHostForm {
  way: Way = $state('local');
  /** The hypervisor of this computer that is chosen. */
  found: Probe | undefined = $state.raw();
  readonly ssh = new SshWay();
  /** Of a host over TLS, as the three behind it. */
  address = $state('');
  /** null: libvirt's own. */
  port: number | null = $state(null);
  hypervisor: Hypervisor = $state('qemu');
  /** A folder; empty: the places where libvirt's own client looks. */
  certificates = $state('');
  /** The whole connection URI. */
  uri = $state('');
  name = $state('');
  autoconnect = $state(true);
  readOnly = $state(false);
  /** Ways that were to be added or tried: only then it is said what is missing. */
  #asked: ReadonlySet<Way> = $state.raw(new Set<Way>());

  #read = $derived(readAddress(this.address));

  #problems = $derived.by(() => {
    switch (this.way) {
      case 'local':
        return { found: this.found ? undefined : t.connect.local.choose };
      case 'ssh':
        return this.ssh.problems;
      case 'tls':
        return {
          address: addressProblem(this.#read),
          port: isPort(this.port) ? undefined : t.connect.tls.portWrong,
          certificates: isWholePath(this.certificates.trim()) ? undefined : t.connect.tls.certificatesWrong,
        };
      case 'other':
        return { uri: uriProblem(this.uri) };
    }
  });

  /** What is to be said beside a field. What was written and cannot be right is said at once, what is missing once it is asked for. */
  problemOf(
    field: 'found' | 'address' | 'port' | 'certificates' | 'jump' | 'keyFile' | 'uri',
  ): string | undefined {
    const problems: Partial<Record<typeof field, string | undefined>> = this.#problems;
    const atOnce = field === 'port' || (field === 'address' && this.#splits);
    return atOnce || this.#asked.has(this.way) ? problems[field] : undefined;
  }

  /** The address of the way that is chosen. */
  get #address(): HostAddress {
    return this.way === 'ssh' ? this.ssh.read : this.#read;
  }

  /** The address is more than an address, and can be taken apart for the person. */
  get #splits(): boolean {
    const read = this.#address;
    return 'problem' in read && (read.problem === 'uri' || read.problem === 'port');
  }

  /** The way out of a wrong address, as far as there is one. */
  get addressAction(): { label: string; run: () => void } | undefined {
    const read = this.#address;
    if (!('problem' in read)) return undefined;
    const fields = this.way === 'ssh' ? this.ssh : this;
    if (read.problem === 'uri') {
      const useOther = (): void => {
        this.uri = fields.address.trim();
        fields.address = '';
        this.way = 'other';
      };
      return { label: t.connect.tls.useOther, run: useOther };
    }
    if (read.problem !== 'port') return undefined;
    const movePort = (): void => {
      fields.address = read.rest;
      fields.port = read.port;
    };
    return { label: t.connect.tls.movePort, run: movePort };
  }

  /** What would be tried or added; undefined while something is missing, which is then said. */
  ask(): TrialSubject | undefined {
    this.#asked = new Set([...this.#asked, this.way]);
    return this.subject;
  }

  subject: TrialSubject | undefined = $derived.by(() => {
    if (Object.values(this.#problems).some((problem) => problem !== undefined)) return undefined;
    const uri = {
      local: () => this.found?.uri,
      ssh: () => this.ssh.uri,
      tls: () => this.#tlsUri(),
      other: () => this.uri.trim(),
    }[this.way]();
    return uri === undefined ? undefined : { uri, readOnly: this.readOnly };
  });

  /** The person has written something, in whichever way. */
  get written(): boolean {
    const { ssh } = this;
    return [ssh.address, ssh.jump, ssh.keyFile, this.address, this.certificates, this.uri, this.name].some(
      (text) => text.trim() !== '',
    );
  }

  /** What the host is called unless the person writes another name; undefined: what main chooses. */
  get suggestion(): string | undefined {
    switch (this.way) {
      case 'local':
        return this.found?.title;
      case 'ssh':
      case 'tls':
        return 'problem' in this.#address ? undefined : this.#address.host;
      case 'other':
        return uriProblem(this.uri) === undefined ? parseUri(this.uri).host : undefined;
    }
  }

  #tlsUri(): string | undefined {
    const read = this.#read;
    if ('problem' in read) return undefined;
    const folder = this.certificates.trim();
    return formatUri({
      ...{ driver: this.hypervisor, transport: 'tls', user: read.user, host: read.host },
      port: this.port === null || this.port === tlsPort ? undefined : this.port,
      // the daemon chooses: there is nothing to name
      path: this.hypervisor === 'remote' ? '/' : '/system',
      params: new Map(folder === '' ? [] : [['pkipath', folder]]),
      ...{ embedded: false, local: false },
    });
  }
}

const isWholePath = (path: string): boolean => path === '' || /^(?:\/|[a-z]:[\\/])/i.test(path);

function uriProblem(uri: string): string | undefined {
  if (uri.trim() === '') return t.connect.other.uriMissing;
  try {
    parseUri(uri);
    return undefined;
  } catch (thrown) {
    if (thrown instanceof GuestroomError) return thrown.message;
    throw thrown;
  }
}

/** The name with a number after it where another host has it. */
export function freeName(base: string, taken: ReadonlySet<string>): string {
  let name = base;
  for (let number = 2; taken.has(name); number += 1) name = `${base} ${String(number)}`;
  return name;
}
