import { describe, expect, it } from 'vitest';
import { GuestroomError } from '../../../../drivers/api/errors.ts';
import { connectFailure, socketFailure } from '../../../../main/nodes/ssh/failures.ts';

const ssh = (message: string, more: { level?: string; code?: unknown } = {}): Error =>
  Object.assign(new Error(message), more);

describe('an error of a connection', () => {
  it.each([
    ['unsupported', ssh('Handshake failed: no matching key exchange algorithm', { level: 'handshake' })],
    ['unsupported', ssh('Handshake failed: no matching host key format', { level: 'handshake' })],
    ['unsupported', ssh('Handshake failed: no matching C->S cipher', { level: 'handshake' })],
    ['unsupported', ssh('Handshake failed: no matching S->C MAC', { level: 'handshake' })],
    ['lost', ssh('Keepalive timeout', { level: 'client-timeout' })],
    ['auth_failed', ssh('All configured authentication methods failed', { level: 'client-authentication' })],
    ['protocol', ssh('Bad packet length', { level: 'protocol' })],
    ['protocol', ssh('Bad kex', { level: 'handshake' })],
    ['protocol', ssh('Invalid identification string')],
    ['lost', ssh('Connection lost before handshake', { level: 'protocol' })],
    ['auth_failed', ssh('Too many authentication failures', { code: 2 })],
    ['auth_failed', ssh('x', { code: 14 })],
    ['auth_failed', ssh('x', { code: 15 })],
    ['denied', ssh('x', { code: 1 })],
    ['busy', ssh('x', { code: 12 })],
    ['lost', ssh('x', { code: 11 })],
    ['unreachable', ssh('connect', { code: 'ECONNREFUSED', level: 'client-socket' })],
    ['lost', ssh('read', { code: 'ECONNRESET', level: 'client-socket' })],
  ])('is %s: %s', (code, thrown) => {
    const error = connectFailure(thrown, 'rack');
    expect(error.code).toBe(code);
    expect(error.message).toContain('rack');
    expect(error.detail).toBe(thrown.message);
    expect(error.cause).toBe(thrown);
  });

  it('says what to do, and whether trying again may help', () => {
    expect(connectFailure(ssh('no matching C->S cipher'), 'rack')).toMatchObject({
      hint: 'Update the SSH server of the host',
      retryable: false,
    });
    expect(connectFailure(ssh('Keepalive timeout', { level: 'client-timeout' }), 'rack').retryable).toBe(
      true,
    );
    expect(connectFailure(ssh('Bad packet', { level: 'protocol' }), 'rack').hint).toContain('port 22');
    expect(connectFailure(ssh('Full', { code: 12 }), 'rack').retryable).toBe(true);
    expect(connectFailure(ssh('Too many authentication failures', { code: 2 }), 'rack')).toMatchObject({
      hint: expect.stringContaining('IdentitiesOnly') as string,
      retryable: false,
    });
  });

  it('that is ours already stays as it is, and what is no error is one of ours', () => {
    const ours = new GuestroomError('host_key', 'changed');
    expect(connectFailure(ours, 'rack')).toBe(ours);
    expect(connectFailure('words', 'rack')).toMatchObject({ code: 'internal', message: 'words' });
    expect(connectFailure(undefined, 'rack')).toMatchObject({ code: 'internal' });
  });
});

describe('an error of a socket', () => {
  it.each([
    ['unreachable', 'ECONNREFUSED', /Nothing listens/],
    ['unreachable', 'ENOTFOUND', /name of the host/],
    ['unreachable', 'EAI_AGAIN', /name of the host/],
    ['unreachable', 'ETIMEDOUT', /cannot be reached/],
    ['unreachable', 'EHOSTUNREACH', /cannot be reached/],
    ['unreachable', 'ENETUNREACH', /cannot be reached/],
    ['lost', 'ECONNRESET', /closed/],
    ['lost', 'EPIPE', /closed/],
    ['denied', 'EACCES', /denied/],
    ['internal', 'ESTRANGE', /x/],
  ])('is %s for %s', (code, system, words) => {
    const error = socketFailure(Object.assign(new Error('x'), { code: system }), 'rack');
    expect(error.code).toBe(code);
    expect(error.message).toMatch(words);
    if (code === 'unreachable')
      expect(error).toMatchObject({ retryable: true, hint: expect.any(String) as string });
  });

  it.each([
    'Not connected',
    'The channel is closed',
    'No response from server',
    'This socket has been ended',
  ])('without a number is lost: %s', (words) =>
    expect(socketFailure(new Error(words), 'rack').code).toBe('lost'),
  );

  it('of a name with several addresses tells of each', () => {
    const all = new AggregateError([new Error('one'), new Error('two'), 'three'], '');
    const error = socketFailure(Object.assign(all, { code: 'ECONNREFUSED' }), 'rack');
    expect(error.detail).toBe('one; two; ');
    expect(socketFailure(undefined, 'rack').code).toBe('internal');
  });
});
