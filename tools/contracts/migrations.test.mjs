import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { brokenMigrations, migrationDigests } from './migrations.mjs';

const before = { ingest: { '001-sources': 'aa', '002-heads': 'bb' }, ledger: { '001-findings': 'cc' } };

describe('the list of migrations', () => {
  it('takes new ones, at the end and between', () => {
    const after = {
      ingest: { '001-sources': 'aa', '003-hooks': 'dd', '002-heads': 'bb' },
      ledger: { ...before.ledger },
      chain: { one: 'ee' },
    };
    assert.deepEqual(brokenMigrations(before, after), []);
  });

  it('names each old one whose text is another, and each that is gone', () => {
    assert.deepEqual(brokenMigrations(before, { ingest: { '001-sources': 'ff' } }), [
      'migration 001-sources of ingest has another text',
      'migration 002-heads of ingest is gone',
      'migration 001-findings of ledger is gone',
    ]);
  });

  it('is of what the services apply, and holds all of it', async () => {
    const listed = JSON.parse(readFileSync(new URL('migrations.json', import.meta.url), 'utf8'));
    const applied = await migrationDigests();

    assert.deepEqual(listed, applied);
    assert.equal(Object.keys(applied).length, 8);
    assert.match(applied.ingest['messaging-001-outbox'], /^sha256:[0-9a-f]{64}$/);
  });
});
