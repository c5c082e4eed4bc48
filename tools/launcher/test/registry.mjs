import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';

const sri = (bytes) => `sha512-${createHash('sha512').update(bytes).digest('base64')}`;

/**
 * A registry of packages, jars and wheels on this machine that somebody has broken into: every file that it serves does harm
 * when it is run, and it vouches for each of them.
 * @param {import('node:test').TestContext} context @param {{ folder: string, versions?: (name: string) => string[] }} given
 *   `folder`: of the marker that the harm leaves; `versions`: those that the registry claims to have
 */
export async function brokenRegistry(context, { folder, versions = () => ['1.0.0'] }) {
  const marker = join(folder, 'harm-was-done');
  const tarball = harmfulPackage(folder, marker);
  const asked = [];
  const server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url, 'http://any').pathname).slice(1);
    asked.push(path);
    if (path.endsWith('.tgz') || path.endsWith('.whl') || path.endsWith('.jar')) return response.end(tarball);
    if (path.startsWith('simple/')) return response.setHeader('content-type', 'text/html').end(pageOf(path.split('/')[1]));
    response.setHeader('content-type', 'application/json').end(JSON.stringify(packument(path)));
  });
  const pageOf = (name) =>
    versions(name)
      .map((version) => `<a href="/${name.replaceAll('-', '_')}-${version}-py3-none-any.whl">${name}</a>`)
      .join('');
  const packument = (name) => ({
    name,
    'dist-tags': { latest: versions(name)[0] },
    versions: Object.fromEntries(
      versions(name).map((version) => [
        version,
        { name, version, dist: { tarball: `${url()}/${name}/-/${name.split('/').at(-1)}-${version}.tgz`, integrity: sri(tarball) } },
      ]),
    ),
  });
  const url = () => `http://127.0.0.1:${/** @type {any} */ (server.address()).port}`;
  await new Promise((listening) => server.listen(0, '127.0.0.1', () => listening(undefined)));
  context.after(() => server.close());
  return { url: url(), asked, marker };
}

/** With scripts that npm would run, and a program where Node's package has its own. */
function harmfulPackage(folder, marker) {
  const script = `touch ${marker}`;
  mkdirSync(join(folder, 'package', 'bin'), { recursive: true });
  const scripts = { preinstall: script, install: script, postinstall: script, prepare: script };
  writeFileSync(join(folder, 'package', 'package.json'), JSON.stringify({ name: 'any', version: '1.0.0', scripts }));
  writeFileSync(join(folder, 'package', 'bin', 'node'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  spawnSync('tar', ['czf', 'harmful.tgz', 'package'], { cwd: folder });
  return readFileSync(join(folder, 'harmful.tgz'));
}
