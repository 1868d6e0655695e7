// A guest's screen or serial line as a relay sees it, in a process of its own: one port echoes, one floods. Prints both ports.
import { createServer, type AddressInfo } from 'node:net';

const echo = createServer((socket) => {
  socket.setNoDelay(true);
  socket.pipe(socket);
  socket.on('error', () => socket.destroy());
});
const block = Buffer.alloc(256 * 1024, 0x5a);
const flood = createServer((socket) => {
  const pour = (): void => {
    while (socket.write(block));
  };
  socket.on('drain', pour);
  socket.on('error', () => socket.destroy());
  socket.resume();
  pour();
});
echo.listen(0, '127.0.0.1', () => {
  flood.listen(0, '127.0.0.1', () => {
    console.log(
      JSON.stringify({
        echo: (echo.address() as AddressInfo).port,
        flood: (flood.address() as AddressInfo).port,
      }),
    );
  });
});
