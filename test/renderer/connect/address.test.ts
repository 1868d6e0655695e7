import { describe, expect, it } from 'vitest';
import { readAddress } from '../../../renderer/pages/connect/address.ts';
import { attemptReport, withoutSecrets } from '../../../renderer/pages/connect/report.ts';
import { steps } from './rows.ts';

describe('the address of a host', () => {
  it('is a name, an IPv4 or an IPv6 address, with who logs in before it', () => {
    expect(readAddress(' rack-9.example.net ')).toEqual({ host: 'rack-9.example.net' });
    expect(readAddress('192.0.2.7')).toEqual({ host: '192.0.2.7' });
    expect(readAddress('2001:db8::7')).toEqual({ host: '2001:db8::7' });
    expect(readAddress('[2001:db8::7]')).toEqual({ host: '2001:db8::7' });
    expect(readAddress('fe80::1%eth0')).toEqual({ host: 'fe80::1%eth0' });
    expect(readAddress('ada@rack-9')).toEqual({ user: 'ada', host: 'rack-9' });
    expect(readAddress('bücher.example')).toEqual({ host: 'bücher.example' });
  });

  it('is nothing else', () => {
    expect(readAddress('  ')).toEqual({ problem: 'missing' });
    expect(readAddress('qemu+tls://rack-9/system')).toEqual({ problem: 'uri' });
    for (const text of ['rack 9', 'rack-9/system', 'a@b@c', 'rack:x', 'ada:secret@rack-9', 'rack?x', '[::1'])
      expect(readAddress(text), text).toEqual({ problem: 'wrong' });
  });

  it('is told apart from the port behind it', () => {
    expect(readAddress('rack-9:16515')).toEqual({ problem: 'port', rest: 'rack-9', port: 16_515 });
    expect(readAddress('ada@[2001:db8::7]:1')).toEqual({
      problem: 'port',
      rest: 'ada@[2001:db8::7]',
      port: 1,
    });
  });
});

describe('the report of an attempt', () => {
  it('has each step with its time, the error as it was told, and what was found', () => {
    const rows = steps(
      ['reach', 'done', { took: 12, detail: 'rack-9:16514' }],
      ['login', 'failed', { took: 3 }],
    );
    const error = {
      code: 'auth_failed',
      message: 'Refused',
      hint: 'Ask',
      detail: 'verbatim',
      retryable: false,
    } as const;
    const text = attemptReport({ uri: 'qemu+tls://rack-9/system', version: '1.2', steps: rows, error });
    expect(text.split('\n')).toEqual([
      'Guestroom 1.2',
      'qemu+tls://rack-9/system',
      'reach     done     12 ms rack-9:16514',
      'login     failed   3 ms',
      'auth_failed: Refused',
      'Ask',
      'verbatim',
    ]);
  });

  it('has nothing of an address that could open a door', () => {
    expect(withoutSecrets('qemu+tls://ada@rack-9:1/system?pkipath=/etc/pki&token=abc&x')).toBe(
      'qemu+tls://ada@rack-9:1/system?pkipath=/etc/pki&token=…&x=…',
    );
    expect(withoutSecrets('qemu+ssh://ada@rack-9/system?jump=gate:22&keyfile=/keys/id&command=x')).toBe(
      'qemu+ssh://ada@rack-9/system?jump=gate:22&keyfile=/keys/id&command=…',
    );
    expect(withoutSecrets('test:///default?login=ada:lovelace')).toBe('test:///default?login=…');
    expect(withoutSecrets('qemu+tls://ada:lovelace@rack-9/system')).toBe('qemu+tls://ada:…@rack-9/system');
  });
});
