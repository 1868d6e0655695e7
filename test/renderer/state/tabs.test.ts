import { describe, expect, it } from 'vitest';
import { parseRoute, windowRoute } from '../../../renderer/state/routes.ts';
import { Tabs } from '../../../renderer/state/tabs.svelte.ts';

const make = () => {
  const saved: (readonly string[])[] = [];
  const tabs = new Tabs((open) => saved.push(open));
  tabs.restore(['/welcome', '/tasks', '/settings'], '/tasks');
  return { tabs, saved };
};

describe('document tabs', () => {
  it('come back as they were saved, without what is no page of ours', () => {
    const tabs = new Tabs(() => undefined);
    tabs.restore(['/welcome', 'https://example.org', '/tasks', '/tasks', '/vm/a'], '/tasks');
    expect(tabs.open).toEqual(['/welcome', '/tasks']);
    expect(tabs.current).toBe('/tasks');
  });

  it('open right of the current one, once', () => {
    const { tabs, saved } = make();
    tabs.show('/host/a');
    tabs.show('/host/a');
    expect(tabs.open).toEqual(['/welcome', '/tasks', '/host/a', '/settings']);
    expect(saved.at(-1)).toEqual(tabs.open);
  });

  it('go back to where the person came from when they close', () => {
    const { tabs } = make();
    tabs.show('/welcome');
    tabs.show('/settings');
    tabs.close('/settings');
    expect(tabs.current).toBe('/welcome');
    tabs.close('/welcome');
    expect(tabs.current).toBe('/tasks');
    tabs.close('/tasks');
    expect(tabs.current).toBeUndefined();
  });

  it('step around both ends and move to another place', () => {
    const { tabs } = make();
    tabs.step(1);
    tabs.step(1);
    expect(tabs.current).toBe('/welcome');
    tabs.step(-1);
    expect(tabs.current).toBe('/settings');
    tabs.move('/settings', 0);
    expect(tabs.open).toEqual(['/settings', '/welcome', '/tasks']);
  });
});

describe('routes', () => {
  it('name a host, a virtual machine or a page', () => {
    expect(parseRoute('/host/lab-1')).toEqual({ page: 'host', node: 'lab-1' });
    expect(parseRoute('/vm/lab/00000000-0000-4000-8000-000000000001')).toMatchObject({ page: 'domain' });
    for (const bad of [
      '',
      '/',
      'welcome',
      '/host',
      '/host/A B',
      '/vm/lab',
      '/vm/lab/x/y',
      '/welcome/x',
      '//evil',
    ])
      expect(parseRoute(bad), bad).toBeUndefined();
  });

  it('make a window of its own only for a page of ours', () => {
    expect(windowRoute('#/tasks')).toBe('/tasks');
    expect(windowRoute('')).toBeUndefined();
    expect(windowRoute('#javascript:alert(1)')).toBeUndefined();
  });
});
