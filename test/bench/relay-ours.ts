// Guestroom's byte channels as `guestroom serve` runs them, over the source's ports. Prints its own port.
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';
import { createConsoles } from '../../main/consoles/index.ts';
import { connectSocket } from '../../main/nodes/local/sockets.ts';
import { wireOfWebSocket } from '../../main/web/wire.ts';

const ports = process.argv.slice(2).map(Number);
const consoles = createConsoles();
const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false }, () => {
  console.log(JSON.stringify({ port: (server.address() as AddressInfo).port }));
});
server.on('connection', (socket, request) => {
  // a first text asks for the ticket that a call would have brought
  socket.once('message', () => {
    const port = ports[request.url === '/flood' ? 1 : 0] ?? 0;
    void connectSocket({ host: '127.0.0.1', port }).then((stream) => {
      consoles.accept(wireOfWebSocket(socket));
      socket.send(consoles.offer(stream));
    });
  });
});
