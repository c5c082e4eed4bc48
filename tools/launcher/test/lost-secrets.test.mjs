import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { otherSecrets, refuseLostSecrets } from '../infra/lost-secrets.mjs';
import { openSecrets } from '../secrets.mjs';
import { eventually } from '../wait.mjs';
import { temporaryFolder } from './support.mjs';

const local = /** @type {const} */ ({ postgres: 'local', kafka: 'local' });

function installation(t) {
  const [home, data] = [temporaryFolder(t), temporaryFolder(t)];
  const write = (...path) => {
    mkdirSync(join(...path.slice(0, -1)), { recursive: true });
    writeFileSync(join(...path), '');
  };
  const refuse = (chosen = local) => refuseLostSecrets({ home, data }, openSecrets(home), chosen);
  return { home, data, write, refuse };
}

test('a folder without data begins anew', (t) => {
  const { data, write, refuse } = installation(t);
  write(data, 'kafka', 'kafka.log');
  mkdirSync(join(data, 'postgres-18.draft'));

  assert.doesNotThrow(() => refuse());
});

for (const [what, path] of Object.entries({ Postgres: ['postgres-18', 'PG_VERSION'], Kafka: ['kafka', 'users.json'] })) {
  test(`data of ${what} without their passwords are refused, with the way out`, (t) => {
    const { home, data, write, refuse } = installation(t);
    write(data, ...path);

    assert.throws(refuse, (error) => {
      assert.equal(error.code, 'SECRETS_LOST');
      assert.equal(error.message, `The data in ${data} belong to an installation whose secrets (${home}/secrets.json) are gone`);
      assert.ok(error.remedy.startsWith('Put that file back'));
      assert.ok(error.remedy.endsWith(`npx throughline uninstall --home ${home}`));
      return true;
    });
    assert.throws(refuse, { code: 'SECRETS_LOST' }, 'a second start says it again');
  });
}

test('the files of a container are looked at where they lie', (t) => {
  const { home, write, refuse } = installation(t);
  write(home, 'docker', 'postgres', 'data', 'PG_VERSION');

  assert.doesNotThrow(() => refuse());
  assert.throws(() => refuse({ postgres: 'docker', kafka: 'docker' }), { code: 'SECRETS_LOST' });
});

test('data with their passwords, and data that nobody is going to open, are left alone', (t) => {
  const { home, data, write, refuse } = installation(t);
  write(data, 'postgres-18', 'PG_VERSION');

  assert.doesNotThrow(() => refuse({ postgres: 'env', kafka: 'env' }));
  openSecrets(home).get('postgres/superuser');
  assert.doesNotThrow(() => refuse());
});

test('waiting ends at once when only a person can help', async () => {
  const refused = otherSecrets({ home: '/home', data: '/data' }, new Error('password authentication failed'));
  let asked = 0;

  await assert.rejects(
    eventually(
      () => {
        asked++;
        throw refused;
      },
      { within: 60_000, what: 'a server' },
    ),
    { code: 'SECRETS_LOST', message: /\/home\/secrets\.json\) are not those that are there now/ },
  );
  assert.equal(asked, 1);
});
