// The calls of `domstats` by a bare Node, and nothing done with the answer: arguments are a socket and what to open there.
import { connect } from 'node:net';

const [path = '', name = ''] = process.argv.slice(2);
const program = 0x2000_8086;
const socket = connect(path);
let serial = 0;
let answered: (answer: Buffer) => void = () => undefined;
let come: Buffer[] = [];
let length = 0;

socket.on('data', (chunk: Buffer) => {
  come.push(chunk);
  length += chunk.length;
  const whole = come[0]?.readUInt32BE(0) ?? 0;
  if (length < whole) return;
  const answer = Buffer.concat(come);
  come = [];
  length = 0;
  answered(answer);
});

const words = (...values: number[]): Buffer => {
  const bytes = Buffer.alloc(values.length * 4);
  values.forEach((value, at) => bytes.writeUInt32BE(value, at * 4));
  return bytes;
};

function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([words(bytes.length), bytes, Buffer.alloc(-bytes.length & 3)]);
}

function call(procedure: number, ...args: Buffer[]): Promise<Buffer> {
  serial += 1;
  const payload = Buffer.concat(args);
  socket.write(Buffer.concat([words(28 + payload.length, program, 1, procedure, 0, serial, 0), payload]));
  return new Promise((resolve) => (answered = resolve));
}

const good = (answer: Buffer): Buffer => {
  if (answer.readUInt32BE(24) !== 0) throw new Error('the daemon refused a call');
  return answer;
};

// log in, ask for keepalive, open, take the statistics of all, say goodbye
good(await call(66));
good(await call(60, words(10)));
good(await call(1, words(1), text(name), words(0)));
process.stdout.write(good(await call(344, words(0, 0, 0))));
good(await call(2));
socket.destroy();
