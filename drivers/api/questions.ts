/** What the other side of a connection wants from the person. Answers are never logged, and kept by no driver. */

/** A name and a password, asked for by a daemon. */
export interface CredentialsQuestion {
  kind: 'credentials';
  /** What asks, as a person knows it: libvirt on host.example. */
  who: string;
  /** The name to begin with. */
  user?: string;
  realm?: string;
  /** The answer before this one was refused. */
  again: boolean;
}

/** Secrets that only the person knows. */
export interface SecretsQuestion {
  kind: 'secrets';
  /** password: of the account `user`; passphrase: of the key file `file`; prompts: whatever the host asks, one-time codes among it. */
  about: 'password' | 'passphrase' | 'prompts';
  /** ada@host.example, host.example:2222, or the path of a key file. */
  who: string;
  user?: string;
  file?: string;
  /** What is asked for, one after another; the host's own words for `prompts`, else one without text. Echo: may be seen as it is typed. */
  prompts: readonly { text: string; echo: boolean }[];
  /** The host's own words before them. */
  instruction?: string;
  again: boolean;
}

/** A host that is not known yet shows this key. A changed or revoked key is never asked about: it ends the attempt. */
export interface HostKeyQuestion {
  kind: 'host-key';
  /** host.example, or [host.example]:2222, as in known_hosts. */
  who: string;
  /** As OpenSSH calls it: ED25519, ECDSA, RSA. */
  keyType: string;
  /** SHA256: and base64 without padding, as `ssh-keygen -lf` prints it. */
  fingerprint: string;
  again: false;
}

export type Question = CredentialsQuestion | SecretsQuestion | HostKeyQuestion;

interface Answers {
  credentials: { user: string; password: string };
  /** As many as were asked for, in their order. `remember`: in the system's key store. */
  secrets: { secrets: readonly string[]; remember: boolean };
  /** once: until the program ends; always: written to our own list of known hosts. */
  'host-key': { trust: 'once' | 'always' };
}

export type AnswerTo<Asked extends Pick<Question, 'kind'>> = Answers[Asked['kind']];
export type Answer = Answers[Question['kind']];

/** Resolves with the answer; with undefined when the person cancels or does not answer in time. */
export type Ask = <Asked extends Question>(
  question: Asked,
  signal?: AbortSignal,
) => Promise<AnswerTo<Asked> | undefined>;
