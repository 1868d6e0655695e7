import { formatUri } from '../../../drivers/api/uri.ts';
import { t } from '../../i18n/index.svelte.ts';
import { addressProblem, isPort, readAddress } from './address.ts';

/** What can run on a host over SSH: the hypervisor's daemon, the account's own one, or QEMU alone. */
export const sshTargets = ['system', 'session', 'lxc', 'xen', 'embed'] as const;
export type SshTarget = (typeof sshTargets)[number];

const targets: Readonly<Record<SshTarget, { driver: string; path: string }>> = {
  system: { driver: 'qemu', path: '/system' },
  session: { driver: 'qemu', path: '/session' },
  lxc: { driver: 'lxc', path: '/system' },
  xen: { driver: 'xen', path: '/system' },
  embed: { driver: 'qemu', path: '/embed' },
};

/** What a person has chosen of a host over SSH. */
export class SshWay {
  address = $state('');
  /** null: 22, or what ~/.ssh/config says of this host. */
  port: number | null = $state(null);
  target: SshTarget = $state('system');
  /** Hosts on the way, the first one first: [user@]host[:port], with commas between. */
  jump = $state('');
  /** Empty: the agent's keys and the usual files. */
  keyFile = $state('');

  readonly read = $derived(readAddress(this.address));

  readonly problems = $derived({
    address: addressProblem(this.read) ?? this.#notOption,
    port: isPort(this.port) ? undefined : t.connect.tls.portWrong,
    jump: isJump(this.jump) ? undefined : t.connect.ssh.jumpWrong,
    keyFile: isKeyFile(this.keyFile.trim()) ? undefined : t.connect.ssh.keyFileWrong,
  });

  /** Undefined while something is missing or wrong. */
  get uri(): string | undefined {
    const { read } = this;
    if ('problem' in read || Object.values(this.problems).some((problem) => problem !== undefined))
      return undefined;
    const { driver, path } = targets[this.target];
    const [jump, keyFile] = [hopsOf(this.jump).join(','), this.keyFile.trim()];
    return formatUri({
      ...{ driver, path, transport: 'ssh', user: read.user, host: read.host },
      // also 22 where it is written: ~/.ssh/config may name another one
      port: this.port ?? undefined,
      params: new Map([
        ...(jump === '' ? [] : [['jump', jump] as const]),
        ...(keyFile === '' ? [] : [['keyfile', keyFile] as const]),
      ]),
      ...{ embedded: path === '/embed', local: false },
    });
  }

  /** ssh takes what begins so for an option. */
  get #notOption(): string | undefined {
    return 'host' in this.read && this.read.host.startsWith('-') ? t.connect.tls.addressWrong : undefined;
  }
}

const hopsOf = (jump: string): string[] => jump.split(',').map((hop) => hop.trim());

const hop =
  /^(?:ssh:\/\/)?(?:[^@\s:/,]+@)?(?:\[[0-9a-f:.]+(?:%[\w.-]+)?\]|[^\s/?#:@,[\]\\-][^\s/?#:@,[\]\\]*)(?::(\d{1,5}))?\/?$/i;

/** Empty, `none`, or hosts on the way. */
function isJump(jump: string): boolean {
  if (jump.trim() === '') return true;
  return hopsOf(jump).every((one) => {
    const found = hop.exec(one);
    return found !== null && isPort(found[1] === undefined ? null : Number(found[1]));
  });
}

const isKeyFile = (path: string): boolean => path === '' || /^(?:~?\/|~\\|[a-z]:[\\/]).*[^\\/]$/i.test(path);
