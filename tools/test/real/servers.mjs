import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { draftOf, publish } from '../../launcher/cache.mjs';
import { fetching } from '../../launcher/fetching.mjs';
import { fetchUser, giveTree } from '../../launcher/infra/users.mjs';
import { makeCache } from '../../launcher/paths.mjs';
import { goProgram } from './go-toolchain.mjs';

const run = promisify(execFile);

/**
 * A real server that a part of the tests needs, built from pinned modules: package and program, and folders of the module
 * that it reads.
 * @typedef {{ title: string, package: string, program: string, keeps: string[] }} ServerPart
 */

/**
 * @param {string} folder of the part, with go.mod and go.sum @param {ServerPart} part
 * @param {{ say: (line: string) => void, within: number }} options milliseconds that are left for building
 * @returns {Promise<string>} a folder with the program and what it reads, in the tool cache under its version
 */
export async function serverOf(folder, part, { say, within }) {
  const target = join(serversFolder(), `${part.program}-${stampOf(folder, part)}`);
  if (existsSync(target)) return target;
  const since = Date.now();
  const go = await goProgram(say);
  say(`${part.title}: building it once, this takes minutes`);
  const draft = mkdtempSync(draftOf(target));
  try {
    await fetching((fetcher) => build({ folder, part, draft, go, within }, fetcher));
    publish(draft, target);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
  say(`${part.title}: built in ${Math.round((Date.now() - since) / 1000)} s`);
  return target;
}

function serversFolder() {
  const folder = join(makeCache(), 'test-servers');
  mkdirSync(folder, { recursive: true, mode: 0o755 });
  return folder;
}

function stampOf(folder, part) {
  const hash = createHash('sha256').update(JSON.stringify([part, process.platform, process.arch]));
  for (const file of ['go.mod', 'go.sum']) hash.update(readFileSync(join(folder, file)));
  return hash.digest('hex').slice(0, 16);
}

/** `-mod=readonly`: what go.sum does not name is not built. What was fetched and compiled on the way goes with the workplace. */
async function build({ folder, part, draft, go, within }, { user, env, home }) {
  const bench = mkdtempSync(join(user ? home : serversFolder(), 'bench-'));
  const settings = {
    ...env,
    PATH: `${dirname(go)}:${env.PATH}`,
    // Set on the machine for another Go than this one, perhaps.
    GOROOT: '',
    GOPATH: join(bench, 'path'),
    GOMODCACHE: join(bench, 'modules'),
    GOCACHE: join(bench, 'compiled'),
    GOFLAGS: '-mod=readonly -buildvcs=false -modcacherw',
    GOTOOLCHAIN: 'local',
    // No C compiler is asked for.
    CGO_ENABLED: '0',
  };
  const inBench = (args) => run(go, args, { ...user, cwd: bench, env: settings, timeout: within, maxBuffer: 64 * 1024 * 1024 });
  try {
    for (const file of ['go.mod', 'go.sum']) cpSync(join(folder, file), join(bench, file));
    if (user) giveTree(bench, user);
    await inBench(['build', '-trimpath', '-ldflags=-s -w', '-o', join(bench, part.program), part.package]);
    cpSync(join(bench, part.program), join(draft, part.program));
    if (part.keeps.length > 0) {
      const { stdout } = await inBench(['list', '-m', '-f', '{{.Dir}}', part.package]);
      for (const name of part.keeps) cpSync(join(stdout.trim(), name), join(draft, name), { recursive: true });
    }
    if (fetchUser()) giveTree(draft, { uid: 0, gid: 0 });
  } finally {
    rmSync(bench, { recursive: true, force: true });
  }
}
