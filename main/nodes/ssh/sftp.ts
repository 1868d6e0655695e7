import type { SFTPWrapper } from 'ssh2';
import { GuestroomError, toGuestroomError } from '../../../drivers/api/errors.ts';
import type { ControlShell } from './control-shell.ts';
import type { Sessions } from './sessions.ts';

/**
 * ms that a small question may take. Where one takes longer, the file system that it is about may be on a server that does
 * not answer, and the host answers nothing that is asked after it in the same session. Less than the control shell's, so
 * that this is what is told.
 */
const patience = 15_000;

type Told = (error: GuestroomError) => void;

/** How long a session lasts. ssh2 leaves requests of one that has ended without an answer, for ever: whoever waits must listen. */
class Life {
  readonly #ended: () => void;
  readonly #listening = new Set<Told>();
  #over: GuestroomError | undefined;

  constructor(ended: () => void) {
    this.#ended = ended;
  }

  /** Calls once it has ended, with the reason. The function that it answers ends that. */
  onEnd(told: Told): () => void {
    if (this.#over) told(this.#over);
    else this.#listening.add(told);
    return () => void this.#listening.delete(told);
  }

  end(error: GuestroomError): void {
    if (this.#over) return;
    this.#over = error;
    this.#ended();
    for (const told of this.#listening) told(error);
    this.#listening.clear();
  }
}

/** What work on a path is given. */
export interface Use {
  session: SFTPWrapper;
  /** See `Life`. */
  onEnd: Life['onEnd'];
  /** The answer to a small question. Without one in time the session is given up, with all that waits in it. */
  soon<T>(answer: Promise<T>): Promise<T>;
}

interface Opened {
  session: SFTPWrapper;
  life: Life;
}

/** The one SFTP session of a host, opened when it is first needed and again when it has ended. */
export class Sftp {
  readonly #sessions: Sessions;
  readonly #control: ControlShell;
  #session: Promise<Opened> | undefined;

  constructor(sessions: Sessions, control: ControlShell) {
    this.#sessions = sessions;
    this.#control = control;
  }

  /** Works on a path; what goes wrong is told about it. */
  async use<T>(path: string, work: (use: Use) => Promise<T>): Promise<T> {
    try {
      return await this.#work(path, work, await this.#opened());
    } catch (thrown) {
      throw await this.explained(thrown, path);
    }
  }

  #work<T>(path: string, work: (use: Use) => Promise<T>, { session, life }: Opened): Promise<T> {
    return new Promise((resolve, reject) => {
      const late = (): void => {
        reject(
          new GuestroomError('timeout', `The host does not answer about ${path}`, {
            hint: 'Its file system there may be on a server that is off or cannot be reached',
          }),
        );
        // first: whoever is told must not ask it anything more
        session.end();
        life.end(
          new GuestroomError('lost', 'The host does not answer about files', { detail: `asked for ${path}` }),
        );
      };
      const soon = <A>(answer: Promise<A>): Promise<A> => {
        const timer = setTimeout(late, patience);
        return answer.finally(() => clearTimeout(timer));
      };
      const stop = life.onEnd(reject);
      work({ session, onEnd: (told) => life.onEnd(told), soon })
        .finally(stop)
        .then(resolve, reject);
    });
  }

  /** Without asking the host about it. */
  #failure(thrown: unknown, path: string): GuestroomError {
    if (!(thrown instanceof Error) || thrown instanceof GuestroomError) return toGuestroomError(thrown);
    const told = { detail: thrown.message, cause: thrown };
    switch ((thrown as Error & { code?: unknown }).code) {
      case 2:
        return new GuestroomError('not_found', `No such file or folder: ${path}`, told);
      case 3:
        return new GuestroomError('denied', `Permission denied: ${path}`, told);
      case 4:
        return new GuestroomError('program_failed', `The host could not do this with ${path}`, told);
      case 6:
      case 7:
        return new GuestroomError('lost', 'The connection for files has ended', told);
    }
    return /No response|Not connected|closed/i.test(thrown.message)
      ? new GuestroomError('lost', 'The connection for files has ended', told)
      : toGuestroomError(thrown);
  }

  /** An error of SFTP as ours. It says no more than “failure” for most of what goes wrong, so that the host is asked. `opened`: the file is there rightly. */
  async explained(thrown: unknown, path: string, opened = false): Promise<GuestroomError> {
    const error = this.#failure(thrown, path);
    if (error.code !== 'program_failed') return error;
    const script = [
      'if [ -e "$1" ]; then at=$1; echo there; else at=$(dirname -- "$1"); fi',
      '[ -d "$1" ] && echo folder',
      // nothing can be made there, as on a file system that is read-only, which may look full, too
      '[ -e "$1" ] || [ -w "$at" ] || echo closed',
      'df -Pk -- "$at" 2>/dev/null | tail -n 1',
    ].join('\n');
    const { output } = await this.#control.ask(script, [path]);
    const told = { detail: error.detail, cause: thrown };
    if (/^closed$/m.test(output)) {
      return new GuestroomError('denied', `This cannot be written to: ${path}`, {
        ...told,
        hint: 'The file system may be read-only there',
      });
    }
    const available = Number(output.trim().split('\n').at(-1)?.split(/\s+/)[3]);
    if (available < 1024) {
      return new GuestroomError('no_space', `No space left on the host’s disk: ${path}`, told);
    }
    if (/^folder$/m.test(output))
      return new GuestroomError('invalid_argument', `This is a folder, not a file: ${path}`, told);
    if (!opened && /^there$/m.test(output))
      return new GuestroomError('exists', `The file is already there: ${path}`, told);
    return error;
  }

  #opened(): Promise<Opened> {
    this.#session ??= this.#open();
    return this.#session;
  }

  async #open(): Promise<Opened> {
    try {
      const life = new Life(() => (this.#session = undefined));
      const session = await this.#sessions.sftp((opened) => {
        const lost = (): void => life.end(new GuestroomError('lost', 'The connection for files has ended'));
        opened.once('close', lost);
        opened.on('error', lost);
      });
      return { session, life };
    } catch (thrown) {
      this.#session = undefined;
      const error = toGuestroomError(thrown);
      if (error.code === 'lost' || error.code === 'timeout') throw error;
      throw new GuestroomError('unsupported', 'The host has no file transfer over SSH (SFTP)', {
        detail: error.detail ?? error.message,
        hint: 'Its sshd_config needs a line as: Subsystem sftp internal-sftp. Or its login scripts print text: they must not',
        cause: thrown,
      });
    }
  }
}
