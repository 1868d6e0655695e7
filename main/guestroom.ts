/** The program `guestroom`: `serve` is the browser host, everything else the shell. */

declare const __GUESTROOM_VERSION__: string | undefined;

const [command, ...rest] = process.argv.slice(2);

if (command === 'serve') {
  const { runServe } = await import('./web/command.ts');
  const ended = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.once(signal, () => {
        resolve();
      });
    }
  });
  process.exitCode = await runServe(rest, {
    built: import.meta.dirname,
    version: typeof __GUESTROOM_VERSION__ === 'string' ? __GUESTROOM_VERSION__ : '0.0.0',
    write: (text) => process.stdout.write(text),
    writeError: (text) => process.stderr.write(text),
    env: process.env,
    ended,
  });
} else {
  const { runShell } = await import('./shell/index.ts');
  process.exitCode = await runShell(process.argv.slice(2));
}
