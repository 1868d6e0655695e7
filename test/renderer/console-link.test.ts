import { describe, expect, it } from 'vitest';
import { GuestroomError } from '../../drivers/api/errors.ts';
import { ConsoleLink } from '../../renderer/pages/domain/ConsoleLink.svelte.ts';

class FakeChannel {
  closed = 0;
  close(): void {
    this.closed += 1;
  }
}

/** A main process whose answers the test gives when it likes. */
function desk() {
  const asked: { resolve: (channel: FakeChannel) => void; reject: (error: unknown) => void }[] = [];
  const link = new ConsoleLink(
    () => new Promise<FakeChannel>((resolve, reject) => asked.push({ resolve, reject })),
  );
  const answer = async (at: number) => {
    const channel = new FakeChannel();
    asked[at]?.resolve(channel);
    await Promise.resolve();
    await Promise.resolve();
    return channel;
  };
  return { asked, link, answer };
}
const ended = new GuestroomError('lost', 'The screen hung up').toData();

describe('the console of a virtual machine', () => {
  it('is empty while the machine is off and connects by itself once it runs', async () => {
    const { asked, link, answer } = desk();
    link.follow(undefined);
    expect(link.phase.kind).toBe('off');
    expect(asked).toHaveLength(0);
    link.follow('7');
    expect(link.phase.kind).toBe('opening');
    const channel = await answer(0);
    expect(link.phase).toEqual({ kind: 'connecting', channel });
    link.connected(channel);
    expect(link.phase).toEqual({ kind: 'connected', channel });
  });

  it('connects anew by itself when the machine was started again, and lets the old channel go', async () => {
    const { asked, link, answer } = desk();
    link.follow('7');
    const first = await answer(0);
    link.connected(first);
    link.follow('8');
    expect(first.closed).toBe(1);
    expect(asked).toHaveLength(2);
    const second = await answer(1);
    expect(link.phase).toEqual({ kind: 'connecting', channel: second });
  });

  it('stays lost with its reason until the person asks again, while the machine runs on', async () => {
    const { asked, link, answer } = desk();
    link.follow('7');
    const first = await answer(0);
    link.connected(first);
    link.lost(first, ended);
    expect(link.phase).toEqual({ kind: 'lost', error: ended });
    link.follow('7');
    expect(asked).toHaveLength(1);
    link.reconnect();
    expect(asked).toHaveLength(2);
    await answer(1);
    expect(link.phase.kind).toBe('connecting');
  });

  it('goes from lost to off when the machine turns out to have ended', async () => {
    const { link, answer } = desk();
    link.follow('7');
    link.lost(await answer(0), ended);
    link.follow(undefined);
    expect(link.phase.kind).toBe('off');
    link.reconnect();
    expect(link.phase.kind).toBe('off');
  });

  it('says why it could not be opened', async () => {
    const { asked, link } = desk();
    link.follow('7');
    asked[0]?.reject(new GuestroomError('unsupported', 'No screen that can be shown', { hint: 'Add VNC' }));
    await expect.poll(() => link.phase.kind).toBe('lost');
    expect(link.phase).toMatchObject({ error: { code: 'unsupported', hint: 'Add VNC' } });
  });

  it('closes a channel that arrives after the page was left', async () => {
    const { link, answer } = desk();
    link.follow('7');
    link.close();
    const late = await answer(0);
    expect(late.closed).toBe(1);
    expect(link.phase.kind).toBe('off');
  });

  it('does not hear an old channel that speaks after a new one was asked for', async () => {
    const { link, answer } = desk();
    link.follow('7');
    const first = await answer(0);
    link.reconnect();
    link.connected(first);
    link.lost(first, ended);
    expect(link.phase.kind).toBe('opening');
    const second = await answer(1);
    link.connected(second);
    link.lost(first, ended);
    expect(link.phase).toEqual({ kind: 'connected', channel: second });
    expect(second.closed).toBe(0);
  });
});
