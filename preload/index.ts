import { ipcRenderer } from 'electron';
import { ask, channel } from './bridge.ts';

globalThis.addEventListener('message', (event) => {
  if (event.data !== ask || event.origin !== location.origin) return;
  const { port1, port2 } = new MessageChannel();
  ipcRenderer.postMessage(channel, null, [port1]);
  globalThis.postMessage(channel, location.origin, [port2]);
});
