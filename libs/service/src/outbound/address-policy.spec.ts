import { describe, expect, it } from '@jest/globals';
import { AddressRefused, checkAddress, readAllowedTargets } from './address-policy.ts';

const target = { scheme: 'https', host: 'hooks.example', port: 443 };
const none = readAllowedTargets([]);

describe('checkAddress', () => {
  it.each(['93.184.216.34', '2606:2800:220:1:248:1893:25c8:1946'])('lets a public address through: %s', (address) => {
    expect(() => checkAddress(target, address, none)).not.toThrow();
  });

  it.each([
    '127.0.0.1',
    '127.1.2.3',
    '0.0.0.0',
    '10.0.0.1',
    '172.16.0.1',
    '192.168.1.1',
    '100.64.0.1',
    '169.254.169.254',
    '192.0.2.1',
    '198.18.0.1',
    '224.0.0.1',
    '240.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::ffff:127.0.0.1',
    '::ffff:a9fe:a9fe',
    '::127.0.0.1',
    '64:ff9b::7f00:1',
    '2002:7f00:1::',
    '2001:0:4136:e378:8000:63bf:3fff:fdd2',
    'fc00::1',
    'fd12:3456::1',
    'fe80::1',
    'fec0::1',
    'ff02::1',
    '2001:db8::1',
    'not an address',
  ])('refuses %s', (address) => {
    expect(() => checkAddress(target, address, none)).toThrow(AddressRefused);
  });

  it('makes exceptions for exactly the scheme, host and port that the operator names', () => {
    const allowed = readAllowedTargets(['http://127.0.0.1:4999', 'smtp://mail.internal:25']);

    expect(() => checkAddress({ scheme: 'http', host: '127.0.0.1', port: 4999 }, '127.0.0.1', allowed)).not.toThrow();
    expect(() => checkAddress({ scheme: 'http', host: '127.0.0.1', port: 5000 }, '127.0.0.1', allowed)).toThrow(/OUTBOUND_ALLOW/);
    expect(() => checkAddress({ scheme: 'https', host: '127.0.0.1', port: 4999 }, '127.0.0.1', allowed)).toThrow(AddressRefused);
    expect(() => checkAddress({ scheme: 'smtp', host: 'MAIL.internal.', port: 25 }, '10.0.0.7', allowed)).not.toThrow();
    expect(() => checkAddress({ scheme: 'smtp', host: 'other.internal', port: 25 }, '10.0.0.7', allowed)).toThrow(AddressRefused);
  });

  it('never allows a link-local address', () => {
    const allowed = readAllowedTargets(['http://169.254.169.254:80']);

    expect(() => checkAddress({ scheme: 'http', host: '169.254.169.254', port: 80 }, '169.254.169.254', allowed)).toThrow(/never allowed/);
  });

  it.each(['http://127.0.0.1:4003', 'http://localhost:4003', 'https://[::1]:4003', 'http://kafka.internal:9092'])(
    'opens no port of the platform: %s',
    (entry) => {
      expect(() => readAllowedTargets([entry], ['127.0.0.1:4003', 'kafka.internal:9092'])).toThrow(/port of the platform/);
    },
  );

  it.each(['127.0.0.1:80', 'http://127.0.0.1', 'http://user@host:80', 'http://*:80'.replace('*', 'a b')])(
    'refuses the entry %s',
    (entry) => {
      expect(() => readAllowedTargets([entry])).toThrow(/scheme:\/\/host:port/);
    },
  );
});
