import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { makeFolders } from '../paths.mjs';
import { demoToken, provisionToken } from '../provision/token.mjs';
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

test('file and folder are for their owner only, whatever the umask and whoever made the folder', (t) => {
  const before = process.umask(0);
  t.after(() => process.umask(before));
  const [made, found] = [join(temporaryFolder(t), 'home'), temporaryFolder(t)];
  makeFolders(made);
  chmodSync(found, 0o777);

  for (const home of [made, found]) {
    const { file } = provisionToken(home);

    assert.equal(statSync(home).mode & 0o777, 0o700);
    assert.equal(statSync(file).mode & 0o777, 0o600);
    assert.equal(statSync(`${file}.sha256`).mode & 0o777, 0o600);
  }
});

test('a link that was laid in its place is not written through', (t) => {
  const home = temporaryFolder(t);
  const elsewhere = join(home, 'elsewhere');
  symlinkSync(elsewhere, join(home, 'admin-token'));

  assert.throws(() => provisionToken(home), { code: 'EEXIST' });
  assert.equal(existsSync(elsewhere), false);
});

test('the demonstration has a token of its own at each start', () => {
  const { token, sha256 } = demoToken();

  assert.match(token, /^tl_[\w-]{43}$/);
  assert.equal(sha256, createHash('sha256').update(token).digest('hex'));
  assert.notEqual(demoToken().token, token);
});
