import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { imagesByTag, looseLock, looseManifest, loosePom, looseRequirements, newest } from './pinned.mjs';

const root = resolve(fileURLToPath(import.meta.url), '../../..');
const files = execFileSync('git', ['ls-files'], { cwd: root, encoding: 'utf8' })
  .trim()
  .split('\n')
  // What scanners are tried on is to be bad.
  .filter((path) => !/(^|\/)(fixtures|demo)\//.test(path) && existsSync(join(root, path)));

/** What a check refuses in the files that it is for. */
function refused(wanted, check) {
  const looked = files.filter(wanted);
  assert.notEqual(looked.length, 0);
  return looked.flatMap((path) => check(readFileSync(join(root, path), 'utf8')).map((what) => `${path}: ${what}`));
}
const named = (pattern) => (path) => pattern.test(basename(path));

describe('all that is fetched is named by its bytes', () => {
  it('npm packages: exact versions, digests in the lock', () => {
    assert.deepEqual(refused(named(/^package\.json$/), looseManifest), []);
    assert.deepEqual(refused(named(/^package-lock\.json$/), looseLock), []);
  });

  it('wheels: a digest for each', () => assert.deepEqual(refused(named(/^requirements.*\.txt$/), looseRequirements), []));

  it('jars: exact versions', () => assert.deepEqual(refused(named(/^pom\.xml$/), loosePom), []));

  it('Go modules: sums beside the list', () => {
    for (const path of files.filter(named(/^go\.mod$/))) assert.ok(files.includes(join(dirname(path), 'go.sum')), path);
  });

  it('images: a digest for each but these, whose registries could not be asked', () => {
    assert.deepEqual(refused(named(/^(.*\.)?Dockerfile$|compose.*\.ya?ml$/), imagesByTag), [
      'deploy/Dockerfile: node:24.21.0-bookworm-slim',
      'docker-compose.yml: node:24.21.0-bookworm-slim',
      'docker-compose.yml: postgres:18.4',
      'docker-compose.yml: apache/kafka:4.3.1',
      'docker-compose.yml: otel/opentelemetry-collector:0.162.0',
      'docker-compose.yml: jaegertracing/jaeger:2.21.0',
    ]);
  });

  it('nothing asks for what is newest', () => {
    const programs = (path) => /^(tools|\.ci|deploy|docs|test)\//.test(path) && !path.startsWith('tools/lint/');
    assert.deepEqual(refused(programs, newest), []);
  });
});

describe('the checks', () => {
  it('refuse a range', () => {
    assert.deepEqual(looseManifest('{"dependencies":{"a":"^1.0.0","b":"1.0.0"}}'), ['a "^1.0.0"']);
    const overrides = { c: { a: '^2.0.0', b: '$b', d: '$d' } };
    assert.deepEqual(looseManifest(JSON.stringify({ devDependencies: { b: '1.0.0' }, overrides })), ['a "^2.0.0"', 'd "$d"']);
    assert.deepEqual(loosePom('<version>[1.0,2.0)</version><version>1.0</version>'), ['[1.0,2.0)']);
    assert.equal(newest('go install example.com/x@latest').length, 1);
  });

  it('refuse an image by its tag, wherever it is named', () => {
    const digest = `@sha256:${'0'.repeat(64)}`;
    const text = `ARG NODE_IMAGE=node:1\nFROM \${NODE_IMAGE} AS base\nFROM --platform=linux/amd64 alpine\nFROM base\nFROM a:1${digest}\n`;
    assert.deepEqual(imagesByTag(text), ['node:1', 'alpine']);
    assert.deepEqual(imagesByTag(`  image: \${X_IMAGE:-x:2}\n  image: "y"\n  image: z${digest}\n`), ['x:2', 'y']);
  });

  it('refuse what has no digest', () => {
    const lock = {
      'node_modules/a': { version: '1.0.0' },
      'node_modules/b': { link: true },
      'node_modules/c': { version: '2.0.0', os: ['win32'] },
    };
    assert.deepEqual(looseLock(JSON.stringify({ packages: lock })), ['node_modules/a 1.0.0']);
    assert.deepEqual(looseRequirements(`a==1.0\nb==1.0 \\\n    --hash=sha256:${'0'.repeat(64)}`), ['a==1.0']);
  });
});
