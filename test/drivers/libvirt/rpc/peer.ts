import type { Duplex } from 'node:stream';
import type { Logger } from '../../../../drivers/api/driver.ts';
import { procedureOf, type Procedure } from '../../../../drivers/libvirt/rpc/calls.ts';
import { RpcClient, type RpcOptions } from '../../../../drivers/libvirt/rpc/client.ts';
import { fieldsCodec } from '../../../../drivers/libvirt/rpc/codec.ts';
import {
  FrameReader,
  FrameStatus,
  FrameType,
  headerOf,
  type Frame,
  type FrameHeader,
} from '../../../../drivers/libvirt/rpc/frames.ts';
import {
  messages,
  programs,
  structs,
  type Domain,
  type Messages,
  type Procedures,
} from '../../../../drivers/libvirt/rpc/procedures.gen.ts';
import { XdrReader } from '../../../../drivers/libvirt/rpc/xdr-reader.ts';
import { XdrWriter } from '../../../../drivers/libvirt/rpc/xdr-writer.ts';
import { streamPair } from '../../../../drivers/test/pair.ts';

export const guest: Domain = { name: 'guest', uuid: new Uint8Array(16).fill(7), id: -1 };

export interface Logged {
  message: string;
  facts: Readonly<Record<string, unknown>> | undefined;
}

/** A daemon that says what a test tells it to, also what no real one would. */
export class BarePeer {
  /** The end that a client is to have. */
  readonly near: Duplex;
  readonly stream: Duplex;
  readonly logged: Logged[] = [];
  private readonly frames: Frame[] = [];
  private wake: (() => void) | undefined;

  constructor() {
    const [near, far] = streamPair();
    this.near = near;
    this.stream = far;
    const reader = new FrameReader((frame) => {
      this.frames.push(frame);
      this.wake?.();
    });
    far.on('data', (chunk: Buffer) => reader.feed(chunk));
  }

  get log(): Logger {
    const note = (message: string, facts?: Readonly<Record<string, unknown>>): void => {
      this.logged.push({ message, facts });
    };
    return { debug: note, info: note, warn: note };
  }

  /** The next packet that the client sent. */
  async next(): Promise<Frame> {
    for (;;) {
      const frame = this.frames.shift();
      if (frame) return frame;
      await new Promise<void>((resolve) => (this.wake = resolve));
    }
  }

  /** The next call, which must be this one. */
  async expectCall<P extends Procedure>(name: P): Promise<{ frame: Frame; args: Procedures[P]['args'] }> {
    const frame = await this.next();
    const { program, number, args } = procedureOf(name);
    if (frame.type !== FrameType.CALL || frame.program !== program || frame.procedure !== number)
      throw new Error(`expected ${name}, got ${JSON.stringify({ ...frame, bytes: undefined })}`);
    return { frame, args: args.read(payloadOf(frame)) as Procedures[P]['args'] };
  }

  /** Packets that were not looked at yet. */
  get unread(): number {
    return this.frames.length;
  }

  answer<P extends Procedure>(name: P, serial: number, result: Procedures[P]['result']): void {
    this.stream.write(answerPacket(name, serial, result));
  }

  async serve<P extends Procedure>(name: P, result: Procedures[P]['result']): Promise<Procedures[P]['args']> {
    const { frame, args } = await this.expectCall(name);
    this.answer(name, frame.serial, result);
    return args;
  }

  refuse(name: Procedure, serial: number, code: number, message: string, domain = 10): void {
    const { program, number: procedure } = procedureOf(name);
    const header = {
      program,
      version: 1,
      procedure,
      type: FrameType.REPLY,
      serial,
      status: FrameStatus.ERROR,
    };
    this.stream.write(packet(header, errorPayload(code, message, domain)));
  }

  event<M extends keyof Messages>(name: M, payload: Messages[M]): void {
    this.stream.write(eventPacket(name, payload));
  }

  /** A packet of a stream that was opened with this call. */
  streamPacket(name: Procedure, serial: number, status: number, bytes: Uint8Array = new Uint8Array()): void {
    const { program, number: procedure } = procedureOf(name);
    this.stream.write(
      packet({ program, version: 1, procedure, type: FrameType.STREAM, serial, status }, bytes),
    );
  }
}

/** The daemon and a client of it. */
export class Peer extends BarePeer {
  readonly client: RpcClient;

  constructor(options: Partial<RpcOptions> = {}) {
    super();
    this.client = new RpcClient(this.near, { framePerWrite: false, log: this.log, ...options });
  }
}

export const payloadOf = (frame: Frame): XdrReader => new XdrReader(frame.bytes, frame.start, frame.end);
export const bytesOf = (frame: Frame): Buffer => frame.bytes.subarray(frame.start, frame.end);

export const packet = (header: FrameHeader, payload: Uint8Array): Buffer =>
  Buffer.concat([headerOf(header, payload.length), payload]);

export function encoded(fields: string, value: unknown): Buffer {
  const writer = new XdrWriter();
  fieldsCodec(fields).write(writer, value);
  return writer.written();
}

export function answerPacket<P extends Procedure>(
  name: P,
  serial: number,
  result: Procedures[P]['result'],
): Buffer {
  const { program, number: procedure, result: codec } = procedureOf(name);
  const writer = new XdrWriter();
  codec.write(writer, result);
  const header = { program, version: 1, procedure, type: FrameType.REPLY, serial, status: FrameStatus.OK };
  return packet(header, writer.written());
}

export function eventPacket<M extends keyof Messages>(name: M, payload: Messages[M]): Buffer {
  const [program, procedure, fields] = messages[name];
  const header = {
    program,
    version: 1,
    procedure,
    type: FrameType.MESSAGE,
    serial: 1,
    status: FrameStatus.OK,
  };
  return packet(header, encoded(fields, payload));
}

export const errorPayload = (code: number, message: string, domain = 10): Buffer =>
  encoded(structs['error'] ?? '', {
    code,
    domain,
    message,
    level: 2,
    dom: null,
    str1: '%s',
    str2: message,
    str3: null,
    int1: -1,
    int2: -1,
    net: null,
  });

export const pingPacket = (procedure: number): Buffer =>
  headerOf({
    program: programs.KEEPALIVE,
    version: 1,
    procedure,
    type: FrameType.MESSAGE,
    serial: 0,
    status: 0,
  });

/** Lets everything run that is ready to. */
export const settle = (): Promise<void> =>
  new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
