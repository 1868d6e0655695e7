import './layout.ts';
import { render, screen, waitFor } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import AppView from '../../renderer/App.svelte';
import { App } from '../../renderer/state/app.svelte.ts';
import { fakeClient, host, machine } from './fake-client.ts';

beforeEach(() => {
  location.hash = '#/host/desk';
});
afterEach(() => {
  location.hash = '';
});

describe('a window that was opened for one page', () => {
  it('goes where the palette leads, and leaves the tabs of the main window as they are', async () => {
    const client = fakeClient({
      nodes: [host('desk', 'This computer')],
      domains: { desk: [machine(1, 'web-03')] },
      settings: { tabs: ['/welcome', '/settings'], tab: '/settings' },
    });
    render(AppView, { app: new App(client) });
    const user = userEvent.setup();
    await screen.findByRole('grid');
    await user.keyboard('{Control>}k{/Control}');
    await user.type(await screen.findByRole('combobox', { name: 'Commands' }), 'web-03{Enter}');
    await screen.findByRole('heading', { level: 1, name: 'web-03' }, { timeout: 20_000 });
    expect(client.calls.filter(({ name }) => name === 'settings.set')).toEqual([]);
    await waitFor(() => expect(document.title).toMatch(/^web-03/));
    await user.keyboard('{Control>}w{/Control}');
    await screen.findByRole('heading', { level: 1, name: 'This computer' });
  });
});
