/** What `guestroom` does: `serve` is the browser host, everything else the shell. `built` is the folder of the built app. */

declare const __GUESTROOM_VERSION__: string | undefined;

export async function runProgram(argv: readonly string[], built: string): Promise<void> {
  const [command, ...rest] = argv;
  if (command !== 'serve') {
    const { runShell } = await import('./shell/index.ts');
    process.exitCode = await runShell(argv);
    return;
  }
  const { runServe } = await import('./web/command.ts');
  const ended = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.once(signal, () => {
        resolve();
      });
    }
  });
  process.exitCode = await runServe(rest, {
    built,
    version: typeof __GUESTROOM_VERSION__ === 'string' ? __GUESTROOM_VERSION__ : '0.0.0',
    write: (text) => process.stdout.write(text),
    writeError: (text) => process.stderr.write(text),
    env: process.env,
    ended,
  });
}
