// Reads a flooding channel as fast as it comes, in a process of its own. Arguments: address, whether it speaks credit.
import { openChannel } from './channel.ts';

const [url = '', granted] = process.argv.slice(2);
const channel = await openChannel(url, granted === 'true');
await channel.bytes(1024 * 1024);
console.log('pouring');
