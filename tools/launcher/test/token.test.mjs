import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { test } from 'node:test';
import { provisionToken } from '../provision/token.mjs';
import { temporaryFolder } from './support.mjs';

test('the first token has 256 bits, and the hash of all of it is passed on', (t) => {
  const { file, sha256 } = provisionToken(temporaryFolder(t));
  const token = readFileSync(file, 'utf8');

  assert.match(token, /^tl_[\w-]{43}$/);
  assert.equal(sha256, createHash('sha256').update(token).digest('hex'));
});

test('a restart makes no other, also when the file was removed', (t) => {
  const home = temporaryFolder(t);
  const first = provisionToken(home);
  assert.deepEqual(provisionToken(home), first);

  rmSync(first.file);

  assert.equal(provisionToken(home).sha256, first.sha256);
  assert.equal(existsSync(first.file), false);
});
