import { GuestroomError } from '../../api/errors.ts';
import type { RpcClient } from './client.ts';
import { ErrorNumber } from './enums.gen.ts';
import { LibvirtError } from './libvirt-error.ts';
import { Plain, Scram, type Credentials, type Mechanism } from './scram.ts';

/** Asks the person, or a store of theirs. undefined: cancelled. */
export type AskCredentials = (question: {
  mechanism: string;
  realm?: string;
  user?: string;
}) => Promise<Credentials | undefined>;

export interface SaslOptions {
  /** Nobody listens on the line: PLAIN may be used. */
  trusted: boolean;
  /** Only this one. */
  mechanism?: string;
  askCredentials?: AskCredentials;
  signal?: AbortSignal;
}

type MechanismName = 'SCRAM-SHA-256' | 'SCRAM-SHA-1' | 'PLAIN';

/** Best first. */
const spoken: readonly MechanismName[] = ['SCRAM-SHA-256', 'SCRAM-SHA-1', 'PLAIN'];
/** Messages of the longest login that makes sense. */
const mostSteps = 8;
const nothing = new Uint8Array();

/**
 * Logs in. Resolves only when the daemon is content and, with SCRAM, has proven itself; rejects with `auth_failed`,
 * `cancelled`, or `unsupported` where no mechanism is left that both sides speak.
 */
export async function authenticate(rpc: RpcClient, options: SaslOptions): Promise<void> {
  const call = options.signal ? { signal: options.signal } : {};
  const { mechlist } = await rpc.call('AUTH_SASL_INIT', {}, call);
  const name = choose(mechlist, options);
  const mechanism = await login(name, options);
  let step = 0;
  try {
    let answer = await rpc.call('AUTH_SASL_START', { mech: name, nil: 0, data: mechanism.first() }, call);
    for (;;) {
      const said = answer.nil === 0 ? answer.data : nothing;
      // what comes with the last answer counts: it is the server's proof
      const next = answer.complete === 0 || said.length > 0 ? await mechanism.next(said) : undefined;
      if (answer.complete !== 0) break;
      step += 1;
      if (step > mostSteps) throw new GuestroomError('protocol', 'The login at the host does not end');
      answer = await rpc.call('AUTH_SASL_STEP', { nil: next ? 0 : 1, data: next ?? nothing }, call);
    }
  } catch (error) {
    throw refused(error);
  }
  if (!mechanism.satisfied) {
    throw new GuestroomError('auth_failed', 'The host did not prove that it knows your password', {
      hint: 'Another machine may be answering in its place: check the address before you type the password again',
    });
  }
}

function choose(mechlist: string, { trusted, mechanism }: SaslOptions): MechanismName {
  const offered = mechlist.split(',').filter((name) => name !== '');
  const usable = spoken.filter((name) => trusted || name !== 'PLAIN');
  const wanted = mechanism?.toUpperCase();
  const chosen = usable.find((name) => offered.includes(name) && (wanted === undefined || name === wanted));
  if (chosen) return chosen;
  const detail = `offered: ${offered.join(', ') || 'none'}; spoken here: ${usable.join(', ')}`;
  if (wanted === 'PLAIN' && !trusted) {
    throw new GuestroomError('unsupported', 'PLAIN would send the password readable for everybody', {
      detail,
      hint: 'Use TLS or SSH, or another mechanism',
    });
  }
  throw new GuestroomError(
    'unsupported',
    wanted === undefined || spoken.some((name) => name === wanted)
      ? `The host offers no login that Guestroom speaks, only ${offered.join(', ') || 'none'}`
      : `Guestroom does not speak the login ${wanted}`,
    {
      detail,
      hint: 'Set mech_list: scram-sha-256 in the file /etc/sasl2/libvirt.conf of the host and use TLS, or connect by SSH',
    },
  );
}

async function login(name: MechanismName, { askCredentials }: SaslOptions): Promise<Mechanism> {
  if (!askCredentials) {
    throw new GuestroomError('auth_failed', 'The host asks for a user name and a password', {
      hint: 'Enter them in the settings of this host',
    });
  }
  const credentials = await askCredentials({ mechanism: name });
  if (!credentials) throw new GuestroomError('cancelled', 'Cancelled');
  return name === 'PLAIN' ? new Plain(credentials) : new Scram(name, credentials);
}

/** A refusal says the same for an unknown name and a wrong password, as it should. */
function refused(error: unknown): unknown {
  if (!(error instanceof LibvirtError) || error.code !== ErrorNumber.ERR_AUTH_FAILED) return error;
  return new GuestroomError('auth_failed', 'The host refused the user name or the password', {
    detail: error.message,
    hint: 'Users of libvirt are made on the host with saslpasswd2 -a libvirt',
    cause: error,
  });
}
