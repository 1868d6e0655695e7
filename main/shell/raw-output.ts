import { spawn } from 'node:child_process';

/**
 * Lets what is written to our terminal reach it byte for byte. Node's raw mode is for keys only: the system would still
 * look through all output for line ends, to put a return before each, though the guest's own terminal did so already.
 * Lasts until raw mode ends, which brings back how the terminal was. Answers why it could not be done, as a sentence.
 */
export function setRawOutput(): Promise<string | undefined> {
  return new Promise((resolve) => {
    const stty = spawn('stty', ['-opost'], { stdio: ['inherit', 'ignore', 'ignore'] });
    stty.once('error', (error) => resolve(error.message));
    stty.once('exit', (status) => resolve(status === 0 ? undefined : `stty ended with ${String(status)}`));
  });
}
