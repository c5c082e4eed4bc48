import { describe, expect, it } from '@jest/globals';
import { parseReference } from './reference.ts';

const digest = `sha256:${'a'.repeat(64)}`;

describe('the name of an image', () => {
  it.each([
    ['alpine', { host: 'registry-1.docker.io', name: 'library/alpine', tag: 'latest' }],
    ['you/shop:1.2', { host: 'registry-1.docker.io', name: 'you/shop', tag: '1.2' }],
    ['docker.io/alpine:3', { host: 'registry-1.docker.io', name: 'library/alpine', tag: '3' }],
    ['ghcr.io/you/shop/api', { host: 'ghcr.io', name: 'you/shop/api', tag: 'latest' }],
    ['localhost/shop:1', { host: 'localhost', name: 'shop', tag: '1' }],
    ['Registry.internal:5000/shop:1', { host: 'registry.internal:5000', name: 'shop', tag: '1' }],
    [`ghcr.io/you/shop:1@${digest}`, { host: 'ghcr.io', name: 'you/shop', tag: '1', digest }],
    [`ghcr.io/you/shop@${digest}`, { host: 'ghcr.io', name: 'you/shop', digest }],
  ])('%s says where it is', (text, reference) => {
    expect(parseReference(text)).toEqual(reference);
  });

  it.each([
    '',
    'Shop',
    'a b',
    'ghcr.io/',
    'ghcr.io/../x',
    'ghcr.io/a//b',
    'shop:',
    'shop@sha256:abc',
    'user@host.io/x',
    'https://ghcr.io/a',
    'shop:1:2',
  ])('%j is none', (text) => {
    expect(() => parseReference(text)).toThrow(/names no image/);
  });
});
