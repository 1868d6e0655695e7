// Guestroom's byte channel over one unix socket. Argument: its path. Prints the port.
import { connect, type AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';
import { createConsoles } from '../../main/consoles/index.ts';
import { wireOfWebSocket } from '../../main/web/wire.ts';

const path = process.argv[2] ?? '';
const consoles = createConsoles();
const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false }, () => {
  console.log(JSON.stringify({ port: (server.address() as AddressInfo).port }));
});
server.on('connection', (socket) => {
  socket.once('message', () => {
    const stream = connect(path);
    consoles.accept(wireOfWebSocket(socket));
    socket.send(consoles.offer(stream));
  });
});
