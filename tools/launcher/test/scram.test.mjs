import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import { scramKeys, scramVerifier } from '../provision/scram.mjs';

test('derives the keys of the example in RFC 7677', () => {
  const { serverKey } = scramKeys('pencil', Buffer.from('W22ZaJ0SNY7soEsUEjb6gQ==', 'base64'), 4096);
  const exchange =
    'n=user,r=rOprNGfwEbeRWgbNEkqO,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096,c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0';

  assert.equal(createHmac('sha256', serverKey).update(exchange).digest('base64'), '6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=');
});

test('the same password gives the same text for a role and another for the next', () => {
  assert.equal(scramVerifier('ledger', 'secret'), scramVerifier('ledger', 'secret'));
  assert.notEqual(scramVerifier('ledger', 'secret'), scramVerifier('chain', 'secret'));
  assert.match(scramVerifier('ledger', 'secret'), /^SCRAM-SHA-256\$4096:[\w+/=]{24}\$[\w+/=]{44}:[\w+/=]{44}$/);
});
