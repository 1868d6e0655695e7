// The simplest relay there could be, one thread, no credit: what a byte channel is compared with. Arguments: ports of the source.
import { connect, type AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';

const ports = process.argv.slice(2).map(Number);
const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false }, () => {
  console.log(JSON.stringify({ port: (server.address() as AddressInfo).port }));
});
server.on('connection', (socket, request) => {
  const stream = connect({
    host: '127.0.0.1',
    port: ports[request.url === '/flood' ? 1 : 0] ?? 0,
    noDelay: true,
  });
  stream.on('data', (chunk) => {
    socket.send(chunk, () => {
      if (stream.isPaused() && socket.bufferedAmount < 64 * 1024) stream.resume();
    });
    if (socket.bufferedAmount > 512 * 1024) stream.pause();
  });
  socket.on('message', (data: Buffer) => stream.write(data));
  socket.on('close', () => stream.destroy());
  stream.on('error', () => socket.close());
});
