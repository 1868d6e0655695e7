import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { parseUri } from '../../../drivers/api/uri.ts';
import { drivers } from '../../../drivers/index.ts';
import { Steps } from '../../../main/nodes/steps.ts';

const uri = parseUri('qemu+ssh://rack/embed');
const [driver] = drivers;
if (!driver) throw new Error('there is no driver');
const { steps: _own, ...usual } = driver;

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it('a host over SSH has the steps of its own, and the person’s time belongs to the check of its key', () => {
  const steps = new Steps(usual, uri, () => undefined);
  expect(steps.rows.map(({ step }) => step)).toEqual([
    ...['resolve', 'reach', 'encrypt', 'identify', 'login', 'open', 'list'],
  ]);
  steps.done('resolve', '192.0.2.7');
  vi.advanceTimersByTime(10);
  steps.done('reach', 'rack:22');
  vi.advanceTimersByTime(30);
  steps.waiting(true, 'identify');
  expect(steps.rows.slice(2, 5)).toMatchObject([
    { step: 'encrypt', state: 'done', took: 30 },
    { step: 'identify', state: 'waiting' },
    { step: 'login', state: 'ahead' },
  ]);
  vi.advanceTimersByTime(20_000);
  steps.waiting(false, 'identify');
  steps.done('encrypt', 'aes128-gcm');
  steps.done('identify', 'ED25519');
  expect(steps.rows.slice(1, 5)).toMatchObject([
    { step: 'reach', took: 10 },
    { step: 'encrypt', state: 'done', took: 30, detail: 'aes128-gcm' },
    { step: 'identify', state: 'done', took: 20_000, detail: 'ED25519' },
    { step: 'login', state: 'active' },
  ]);
});
