import { describe, expect, test } from 'vitest';
import { GuestroomError } from '../../../drivers/api/errors.ts';
import { explain, starting } from '../../../drivers/libvirt/failures.ts';
import { ErrorNumber } from '../../../drivers/libvirt/rpc/enums.gen.ts';
import { LibvirtError } from '../../../drivers/libvirt/rpc/libvirt-error.ts';

function said(
  code: number,
  message: string,
  parts: [string | null, string | null] = [null, null],
  domain = 10,
): LibvirtError {
  return new LibvirtError({ code, domain, message, level: 2, str1: parts[0], str2: parts[1], str3: null });
}

describe('what libvirt says is an error that a person can use', () => {
  // each text as libvirt 9.0 says it
  test.each([
    [42, "Domain not found: no domain with matching name 'x'", 'not_found'],
    [43, "Network not found: no network with matching name 'x'", 'not_found'],
    [49, "Storage pool not found: no storage pool with matching name 'x'", 'not_found'],
    [50, "Storage volume not found: no storage vol with matching name 'x'", 'not_found'],
    [53, "Node device not found: no node device with matching name 'x'", 'not_found'],
    [72, "Domain snapshot not found: no domain snapshot with matching name 'x'", 'not_found'],
    [80, 'metadata not found: Requested metadata element is not present', 'not_found'],
    [28, "operation failed: domain 'x' already exists with uuid 1", 'exists'],
    [90, "storage volume 'x' exists already", 'exists'],
    [55, 'Requested operation is not valid: domain is not running', 'wrong_state'],
    [8, 'invalid argument: unsupported flags (0x80) in function x', 'invalid_argument'],
    [27, 'XML error: unknown device', 'xml_invalid'],
    [92, 'XML document failed to validate against schema', 'xml_invalid'],
    [67, 'unsupported configuration: Emulator does not support virtio-gpu', 'unsupported'],
    [3, 'this function is not supported by the connection driver: x', 'unsupported'],
    [83, 'block copy still active: disk vda', 'busy'],
    [87, 'resource busy', 'busy'],
    [68, 'Timed out during operation: cannot acquire state change lock (held by x)', 'busy'],
    [68, 'Timed out during operation', 'timeout'],
    [78, 'operation aborted: migration out job', 'cancelled'],
    [29, 'operation forbidden: read only access prevents virDomainCreate', 'read_only'],
    [88, 'access denied: x', 'denied'],
    [45, 'authentication failed: x', 'auth_failed'],
    [86, 'Guest agent is not responding: QEMU guest agent is not connected', 'unreachable'],
    [97, 'guest agent replied with wrong id', 'busy'],
    [113, 'agent command failed', 'program_failed'],
    [38, 'cannot write to stream: No space left on device', 'no_space'],
    [38, "Cannot access storage file '/x.img': No such file or directory", 'not_found'],
    [38, "cannot open file '/x.img': Permission denied", 'denied'],
    [38, 'Unable to read from monitor: Connection reset by peer', 'program_failed'],
    [1, 'internal error: qemu unexpectedly closed the monitor: Cannot allocate memory', 'no_memory'],
    [
      1,
      'internal error: process exited: Could not access KVM kernel module: No such file or directory',
      'accelerator',
    ],
    [
      1,
      'internal error: qemu unexpectedly closed the monitor: qemu-system-x86_64: error: failed to set MSR 0x10a to 0x69',
      'accelerator',
    ],
    [1, 'internal error: Failed to get "write" lock', 'busy'],
    [9, 'operation failed: Active console session exists for this domain', 'busy'],
    [9, 'operation failed: something', 'program_failed'],
    [39, 'unknown procedure: 447', 'unsupported'],
    [39, 'Cannot find program 536903815 version 1', 'unsupported'],
    [39, 'Unable to decode message payload', 'too_large'],
    [39, 'authentication required', 'auth_failed'],
    [9999, 'something of the future', 'program_failed'],
  ])('error %d (%s) is %s', (code, message, expected) => {
    const error = explain(said(code, message));
    expect(error.code).toBe(expected);
    expect(error.detail).toContain(message);
    expect(error.message).not.toMatch(/\.$/);
  });

  test('no number of libvirt is a fault of ours, and every one has a sentence', () => {
    for (const code of Object.values(ErrorNumber)) {
      const error = explain(said(code, 'words of libvirt'));
      expect(error.code).not.toBe('internal');
      expect(error.message.length).toBeGreaterThan(8);
      expect(error.detail).toContain('words of libvirt');
    }
  });

  test('the sentence has what is particular, not the whole of libvirt’s', () => {
    const error = explain(
      said(55, 'Requested operation is not valid: domain is not running', [
        'Requested operation is not valid: %s',
        'domain is not running',
      ]),
    );
    expect(error.message).toBe('This is not possible in its present state: domain is not running');
  });

  test('the sentence has no time and program before each line of QEMU', () => {
    const line =
      "2026-11-28T19:10:12.181311Z qemu-system-x86_64: -device nic: 'nic' is not a valid device model";
    const error = explain(said(1, `internal error: process exited: ${line}`, ['internal error: %s', line]));
    expect(error.message).toBe("libvirt could not do it: -device nic: 'nic' is not a valid device model");
    expect(error.detail).toContain(line);
  });

  test('a start that fails for a network that is off is told from the network’s own state', async () => {
    const off = explain(
      said(55, "Requested operation is not valid: network 'lab one' is not active", [null, null], 19),
    );
    await expect(starting(Promise.reject(off))).rejects.toMatchObject({
      code: 'network_off',
      message: 'The network lab one is off',
    });
    expect(off.code).toBe('wrong_state');
    const running = explain(said(55, 'Requested operation is not valid: domain is already running'));
    await expect(starting(Promise.reject(running))).rejects.toBe(running);
  });

  // each text as libvirt 9.0 says it
  test.each([
    [
      43,
      "Network not found: no network with matching name 'lab one'",
      'not_found',
      'The host has no network lab one',
    ],
    [
      38,
      "Cannot get interface MTU on 'br99': No such device",
      'not_found',
      'The host has no bridge or card br99',
    ],
    [
      49,
      "Storage pool not found: no storage pool with matching name 'fast'",
      'not_found',
      'The host has no storage pool fast',
    ],
    [
      67,
      "unsupported configuration: host doesn't support passthrough of host PCI devices",
      'unsupported',
      'The host cannot hand PCI devices to virtual machines',
    ],
  ])(
    'a start that fails with error %d (%s) names what is missing and what helps',
    async (code, words, kind, message) => {
      const failed = starting(Promise.reject(explain(said(code, words), { domain: 'abc' })));
      await expect(failed).rejects.toMatchObject({ code: kind, message, domain: 'abc' });
      await expect(failed).rejects.toMatchObject({
        hint: expect.stringMatching(/document$/) as string,
        detail: expect.stringContaining(words) as string,
      });
    },
  );

  test('long texts are cut, in the sentence shorter than in the detail', () => {
    const long = 'x'.repeat(5000);
    const error = explain(said(9, long));
    expect(error.message.length).toBeLessThan(400);
    expect(error.detail?.length).toBeGreaterThan(4000);
    expect(error.detail?.length).toBeLessThan(4100);
  });

  test('other errors stay what they are', () => {
    const ours = new GuestroomError('lost', 'The connection ended');
    expect(explain(ours)).toBe(ours);
    expect(explain(new Error('a fault'), { domain: 'd' })).toMatchObject({ code: 'internal', domain: 'd' });
  });

  test('an error knows what it is about', () => {
    expect(explain(said(42, 'gone'), { domain: 'abc', hint: 'look elsewhere' })).toMatchObject({
      domain: 'abc',
      hint: 'look elsewhere',
    });
  });
});
