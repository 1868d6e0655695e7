import fc from 'fast-check';
import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { ErrorData, errorCodes, GuestroomError, toGuestroomError } from '../../../drivers/api/errors.ts';

describe('errors', () => {
  test('an error crosses to the window and back without loss', () => {
    const optional = fc.option(fc.string(), { nil: undefined });
    fc.assert(
      fc.property(
        fc.constantFrom(...errorCodes),
        fc.string(),
        fc.record({
          detail: optional,
          hint: optional,
          node: optional,
          domain: optional,
          retryable: fc.boolean(),
        }),
        (code, message, options) => {
          const data = new GuestroomError(code, message, options).toData();
          const wire: unknown = JSON.parse(JSON.stringify(data));
          expect(v.parse(ErrorData, wire)).toEqual(data);
          expect(GuestroomError.from(v.parse(ErrorData, wire)).toData()).toEqual(data);
        },
      ),
    );
  });

  test('only what may work later by itself is offered again', () => {
    const again = errorCodes.filter((code) => new GuestroomError(code, 'x').retryable);
    expect(again).toEqual(['busy', 'unreachable', 'lost', 'timeout', 'no_space', 'no_memory', 'port_in_use']);
    expect(new GuestroomError('timeout', 'x', { retryable: false }).retryable).toBe(false);
  });

  test.each([
    ['ENOENT', 'not_found'],
    ['EEXIST', 'exists'],
    ['EACCES', 'denied'],
    ['ENOSPC', 'no_space'],
    ['EADDRINUSE', 'port_in_use'],
    ['ECONNREFUSED', 'unreachable'],
    ['ECONNRESET', 'lost'],
    ['EPIPE', 'lost'],
  ])('the system’s %s is told as %s, with the path', (errno, code) => {
    const thrown = Object.assign(new Error(`${errno}: what the system said`), {
      code: errno,
      path: '/tmp/x',
    });
    expect(toGuestroomError(thrown)).toMatchObject({
      code,
      message: expect.stringContaining('/tmp/x'),
      detail: `${errno}: what the system said`,
      cause: thrown,
    });
  });

  test('an abort is a cancellation, our own errors stay themselves, the rest is our fault', () => {
    const abort = new AbortController();
    abort.abort();
    expect(toGuestroomError(abort.signal.reason).code).toBe('cancelled');
    const own = new GuestroomError('busy', 'b');
    expect(toGuestroomError(own)).toBe(own);
    expect(toGuestroomError(new RangeError('r'))).toMatchObject({ code: 'internal', message: 'r' });
    expect(toGuestroomError('text')).toMatchObject({ code: 'internal', message: 'text' });
  });

  test('anything that can be thrown becomes one of our errors', () => {
    fc.assert(
      fc.property(fc.anything({ withNullPrototype: true }), (thrown) => {
        expect(toGuestroomError(thrown)).toBeInstanceOf(GuestroomError);
      }),
    );
  });
});
