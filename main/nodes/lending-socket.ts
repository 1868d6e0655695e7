import { type ConnectOpts, Socket, type SocketConstructorOpts } from 'node:net';
import type { Borrower, Lender } from '../../drivers/api/lent-bytes.ts';

/**
 * A socket whose reads use one piece of memory in turn. Node's own take a new one each, and a gigabyte of those costs a
 * hundred collections of everything that the app remembers.
 */
export class LendingSocket extends Socket implements Lender {
  #borrower: Borrower | undefined;

  /** `readLength`: bytes that one read brings at most. */
  static create(readLength = 64 * 1024): LendingSocket {
    const buffer = Buffer.allocUnsafeSlow(readLength);
    const callback = (length: number): boolean => socket.#received(buffer.subarray(0, length));
    // of sockets that connect as of those that are made: the types know it only there
    const options: SocketConstructorOpts & ConnectOpts = { onread: { buffer, callback } };
    const socket: LendingSocket = new LendingSocket(options);
    return socket;
  }

  lend(to: Borrower): void {
    this.#borrower = to;
    for (let early: Buffer | null; (early = this.read() as Buffer | null) !== null;) to(early);
  }

  /** False where reading is to stop until more is asked for. */
  #received(bytes: Buffer): boolean {
    if (!this.#borrower) return this.push(Buffer.from(bytes));
    this.#borrower(bytes);
    return true;
  }
}
