import type { SafeStorage } from 'electron';
import { GuestroomError } from '../../drivers/api/errors.ts';
import type { Secrets } from '../platform.ts';

/** Where the encrypted forms are kept: names to base64. */
export interface SecretStore {
  read(): Promise<Readonly<Record<string, string>>>;
  /** undefined removes. */
  write(name: string, encrypted: string | undefined): Promise<void>;
}

type Storage = Pick<
  SafeStorage,
  'isAsyncEncryptionAvailable' | 'getSelectedStorageBackend' | 'encryptStringAsync' | 'decryptStringAsync'
>;

/** Secrets under the key of the system's key store. Where the system would keep that key in the open, nothing is stored. */
export async function createSecrets(
  storage: Storage,
  platform: NodeJS.Platform,
  store: SecretStore,
): Promise<Secrets> {
  const unavailable = await whyUnavailable(storage, platform);
  const need = () => {
    if (unavailable !== undefined) {
      throw new GuestroomError('unsupported', unavailable, { hint: 'The password is asked for each time' });
    }
  };
  const set = async (name: string, secret: string) => {
    need();
    await store.write(name, (await storage.encryptStringAsync(secret)).toString('base64'));
  };
  return {
    unavailable,
    set,
    async get(name) {
      if (unavailable !== undefined) return undefined;
      const stored = await store.read();
      const encrypted = Object.hasOwn(stored, name) ? stored[name] : undefined;
      if (encrypted === undefined) return undefined;
      const { result, shouldReEncrypt } = await storage.decryptStringAsync(Buffer.from(encrypted, 'base64'));
      if (shouldReEncrypt) await set(name, result);
      return result;
    },
    remove: (name) => store.write(name, undefined),
  };
}

async function whyUnavailable(storage: Storage, platform: NodeJS.Platform): Promise<string | undefined> {
  if (platform === 'linux') {
    const backend = storage.getSelectedStorageBackend();
    if (backend === 'basic_text' || backend === 'unknown') {
      return 'This desktop has no key store (GNOME Keyring or KWallet), so nothing secret is kept';
    }
  }
  return (await storage.isAsyncEncryptionAvailable())
    ? undefined
    : 'The key store of this computer cannot be used, so nothing secret is kept';
}
