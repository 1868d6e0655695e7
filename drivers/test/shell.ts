import type { Duplex } from 'node:stream';

/** The guest that the shell pretends to run in. */
export interface ShellGuest {
  name: string;
  vcpus: number;
  memory: number;
  /** Seconds since the guest began to run. */
  seconds(): number;
  poweroff(): void;
  reboot(): void;
}

type Command = (session: ShellSession, args: readonly string[]) => Promise<void> | void;

const release = '6.1.0-test';

const commands: Readonly<Record<string, { help: string; run: Command }>> = {
  help: {
    help: 'this list',
    run: (session) => {
      for (const [name, { help }] of Object.entries(commands)) session.line(`  ${name.padEnd(10)} ${help}`);
    },
  },
  uname: {
    help: 'name of the system; -a tells all',
    run: (session, args) =>
      session.line(
        args.includes('-a') ? `Linux ${session.hostname} ${release} #1 SMP x86_64 GNU/Linux` : 'Linux',
      ),
  },
  hostname: { help: 'name of this machine', run: (session) => session.line(session.hostname) },
  whoami: { help: 'who is logged in', run: (session) => session.line(session.user) },
  echo: { help: 'print words', run: (session, args) => session.line(args.join(' ')) },
  uptime: {
    help: 'how long it runs',
    run: (session) => session.line(`up ${Math.floor(session.guest.seconds()).toString()} seconds`),
  },
  free: {
    help: 'memory',
    run: (session) => session.line(`Mem: ${Math.floor(session.guest.memory / 1024).toString()} KiB`),
  },
  nproc: { help: 'number of CPUs', run: (session) => session.line(String(session.guest.vcpus)) },
  ls: { help: 'files here', run: (session) => session.line('notes.txt  os-release') },
  cat: {
    help: 'print a file',
    run: (session, [file]) => {
      if (file === 'notes.txt') session.line('This is a made-up guest: nothing that you do here matters.');
      else if (file === 'os-release' || file === '/etc/os-release')
        session.line('NAME="Guestroom test guest"\nID=guestroom');
      else session.line(`cat: ${file ?? ''}: No such file or directory`);
    },
  },
  seq: {
    help: 'count to a number',
    run: async (session, [last]) => {
      const end = Math.min(Number(last ?? 10) || 0, 10_000_000);
      await session.flood((index) => (index < end ? `${(index + 1).toString()}\n` : undefined));
    },
  },
  yes: {
    help: 'print a word until Ctrl+C',
    run: async (session, args) => {
      const word = `${args.join(' ') || 'y'}\n`;
      await session.flood(() => word);
    },
  },
  colours: {
    help: 'the terminal colours',
    run: (session) => {
      const cells = Array.from({ length: 8 }, (_, index) => `\x1b[4${index.toString()}m  \x1b[0m`);
      session.line(cells.join(''));
    },
  },
  clear: { help: 'empty the screen', run: (session) => void session.write('\x1b[H\x1b[2J') },
  reboot: { help: 'start this machine again', run: (session) => session.guest.reboot() },
  poweroff: { help: 'switch this machine off', run: (session) => session.guest.poweroff() },
  exit: { help: 'log out', run: (session) => session.logout() },
};

/** Writes of a flood are at least this long, so that a fast reader is not slowed by many small ones. */
const floodChunk = 16 * 1024;

/** One serial terminal: a login, a prompt and a few commands. Ends with the stream. */
export class ShellSession {
  readonly guest: ShellGuest;
  readonly hostname: string;
  readonly #stream: Duplex;
  #user: string | undefined;
  #line = '';
  #running = false;
  #interrupted = false;
  #typedAhead = '';
  #stalled: (() => void) | undefined;
  #frozen: boolean;
  #afterReturn = false;

  constructor(stream: Duplex, guest: ShellGuest, frozen: boolean) {
    this.#stream = stream;
    this.guest = guest;
    this.hostname = guest.name.replace(/[^\w.-]+/g, '-').slice(0, 40) || 'guest';
    this.#frozen = frozen;
    stream.setEncoding('utf8');
    stream.on('data', (text: string) => this.#input(text));
    stream.on('end', () => this.end());
    stream.on('drain', () => this.#go());
    stream.on('close', () => this.#go());
    this.write('\r\nGuestroom test guest, serial line 0\r\n\r\n');
    this.#prompt();
  }

  get user(): string {
    return this.#user ?? '';
  }

  /** A paused guest answers nothing: what is typed waits. */
  freeze(frozen: boolean): void {
    this.#frozen = frozen;
    if (frozen) return;
    const waiting = this.#typedAhead;
    this.#typedAhead = '';
    this.#go();
    this.#input(waiting);
  }

  end(): void {
    this.#interrupted = true;
    this.#stream.end();
    this.#go();
  }

  logout(): void {
    this.#user = undefined;
  }

  write(text: string): boolean {
    return this.#stream.writable ? this.#stream.write(text) : true;
  }

  line(text: string): void {
    this.write(`${text.replace(/\n/g, '\r\n')}\r\n`);
  }

  /** Prints what `make` answers until it answers undefined, no faster than the reader reads. */
  async flood(make: (index: number) => string | undefined): Promise<void> {
    for (let index = 0, more = true; more;) {
      let chunk = '';
      while (more && chunk.length < floodChunk) {
        const next = make(index);
        index += 1;
        if (next === undefined) more = false;
        else chunk += next.replace('\n', '\r\n');
      }
      const room = this.write(chunk);
      if (!room || this.#frozen) await this.#wait();
      // lets input be read: Ctrl+C must get through a flood
      else await new Promise((resolve) => setImmediate(resolve));
      if (this.#interrupted || !this.#stream.writable) return;
    }
  }

  #wait(): Promise<void> {
    return new Promise((resolve) => {
      this.#stalled = resolve;
    });
  }

  #go(): void {
    if (this.#frozen && this.#stream.writable) return;
    const stalled = this.#stalled;
    this.#stalled = undefined;
    stalled?.();
  }

  #prompt(): void {
    this.write(this.#user === undefined ? `${this.hostname} login: ` : `${this.#user}@${this.hostname}:~$ `);
  }

  #input(text: string): void {
    if (this.#frozen) {
      this.#typedAhead = (this.#typedAhead + text).slice(0, 4096);
      return;
    }
    for (const character of text) {
      const lineFeedOfReturn = character === '\n' && this.#afterReturn;
      this.#afterReturn = character === '\r';
      if (lineFeedOfReturn) continue;
      this.#character(character);
    }
  }

  #character(character: string): void {
    if (character === '\x03') {
      this.#interrupted = true;
      this.#line = '';
      this.#go();
      if (!this.#running) {
        this.line('^C');
        this.#prompt();
      }
    } else if (this.#running) {
      this.#typedAhead = (this.#typedAhead + character).slice(0, 4096);
    } else if (character === '\r' || character === '\n') {
      const line = this.#line.trim();
      this.#line = '';
      this.line('');
      this.#run(line);
    } else if (character === '\x7f' || character === '\b') {
      if (this.#line !== '') {
        this.#line = [...this.#line].slice(0, -1).join('');
        this.write('\b \b');
      }
    } else if (character >= ' ' && this.#line.length < 1024) {
      this.#line += character;
      this.write(character);
    }
  }

  #run(line: string): void {
    if (this.#user === undefined) {
      if (line !== '') {
        this.#user = line.replace(/[^\w-]/g, '').slice(0, 32) || 'guest';
        this.line('Welcome. Type help to see what there is.');
      }
      this.#prompt();
      return;
    }
    const [name = '', ...args] = line.split(/\s+/);
    if (name === '') {
      this.#prompt();
      return;
    }
    const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
    if (!command) {
      this.line(`${name}: command not found`);
      this.#prompt();
      return;
    }
    this.#interrupted = false;
    const done = command.run(this, args);
    if (!(done instanceof Promise)) {
      this.#prompt();
      return;
    }
    this.#running = true;
    void done.then(() => {
      this.#running = false;
      if (this.#interrupted) this.line('^C');
      this.#prompt();
      const waiting = this.#typedAhead;
      this.#typedAhead = '';
      if (waiting !== '') this.#input(waiting);
    });
  }
}
