import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, normalize } from 'node:path';
import { isAtLeast } from '../../launcher/bootstrap/node-runtime.mjs';
import { draftOf, publish } from '../../launcher/cache.mjs';
import { fetchUser } from '../../launcher/infra/users.mjs';
import { makeCache } from '../../launcher/paths.mjs';
import { refusal } from '../../launcher/pins.mjs';
import { filesOf } from './zip.mjs';

/** The toolchain that is brought where there is none, with the digests of sum.golang.org. */
export const goPin = {
  version: '1.26.8',
  /** What go.mod of the parts asks for. */
  minimum: '1.26.2',
  modules: {
    'linux-x64': { platform: 'linux-amd64', sum: 'h1:ZOmGe1OnfREDMIdb1Qi4G9JSuDPBLGExZMQ4nis1RXM=' },
    'linux-arm64': { platform: 'linux-arm64', sum: 'h1:sYL/O6MqS68ML0kjsQ36WoYIpJqkw60TxizWUYUKQMc=' },
    'darwin-x64': { platform: 'darwin-amd64', sum: 'h1:7/9KPPN8PckcA9s91hm2jmQMhzW4KyTJXHIs45L0C9M=' },
    'darwin-arm64': { platform: 'darwin-arm64', sum: 'h1:dFjGhY6f8DTsY8/rLchUTDRRfjJP4pCrGCwxvHFT2Fg=' },
  },
};
const MOST_BYTES = 256 * 1024 * 1024;
const LONGEST_FETCH = 10 * 60_000;

/** @param {(line: string) => void} say @returns {Promise<string>} a `go` that can build the parts: the machine's own, or one that is fetched once */
export async function goProgram(say) {
  const own = ownGo();
  if (own) return own;
  const folder = join(makeCache(), `go-${goPin.version}`);
  const program = join(folder, 'bin', 'go');
  if (!existsSync(program)) await bring(folder, say);
  return program;
}

/** As whoever will build: root's own Go may lie where others cannot go. */
function ownGo() {
  const script = 'go=$(command -v go) && GOTOOLCHAIN=local "$go" env GOVERSION && echo "$go"';
  const { status, stdout } = spawnSync('/bin/sh', ['-c', script], { ...fetchUser(), cwd: '/', encoding: 'utf8', timeout: 30_000 });
  const [version, path] = (stdout ?? '').trim().split('\n');
  const number = /^go(\d+\.\d+\.\d+)/.exec(version ?? '')?.[1];
  return status === 0 && number && isAtLeast(number, goPin.minimum) ? path : undefined;
}

async function bring(folder, say) {
  const module = goPin.modules[`${process.platform}-${process.arch}`];
  if (!module) throw new Error(`there is no Go ${goPin.minimum} here, and none to bring for ${process.platform}-${process.arch}`);
  say(`Go ${goPin.version}: fetching it once, 70 MB`);
  const version = `v0.0.1-go${goPin.version}.${module.platform}`;
  const archive = await fetchModule(`golang.org/toolchain/@v/${version}.zip`);
  const sum = moduleSum(archive);
  if (sum !== module.sum) throw refusal(`golang.org/toolchain ${version} is not the pinned module: ${sum}, pinned ${module.sum}`);
  const draft = mkdtempSync(draftOf(folder));
  try {
    unpack(archive, `golang.org/toolchain@${version}/`, draft);
    publish(draft, folder);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

async function fetchModule(path) {
  const proxies = (process.env.GOPROXY || 'https://proxy.golang.org').split(/[,|]/).filter((proxy) => /^https?:/.test(proxy));
  const failures = [];
  for (const proxy of proxies) {
    try {
      const response = await fetch(`${proxy.replace(/\/+$/, '')}/${path}`, { signal: AbortSignal.timeout(LONGEST_FETCH) });
      if (!response.ok) throw new Error(`it answered ${response.status}`);
      if (Number(response.headers.get('content-length')) > MOST_BYTES) throw new Error('it answered with too much');
      return Buffer.from(await response.arrayBuffer());
    } catch (error) {
      failures.push(`${new URL(proxy).host}: ${error.message}`);
    }
  }
  throw new Error(`the Go module proxy did not serve the Go toolchain (${failures.join('; ') || 'GOPROXY names none'})`);
}

/** The digest that go.sum and sum.golang.org name a module by: of the list of its files with theirs. @param {Buffer} archive @returns {string} */
export function moduleSum(archive) {
  const lines = [...filesOf(archive)].map(({ name, read }) => ({ name, digest: createHash('sha256').update(read()).digest('hex') }));
  lines.sort((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)));
  const hash = createHash('sha256');
  for (const { name, digest } of lines) hash.update(`${digest}  ${name}\n`);
  return `h1:${hash.digest('base64')}`;
}

/** A module can hold neither a go.mod of its own nor modes: the go command puts both right after a download, and so do we. */
function unpack(archive, prefix, folder) {
  for (const { name, read } of filesOf(archive)) {
    const path = name.slice(prefix.length);
    if (!name.startsWith(prefix) || normalize(path) !== path || path.startsWith('..'))
      throw new Error(`${name} does not belong into ${prefix}`);
    const file = join(folder, dirname(path), basename(path) === '_go.mod' ? 'go.mod' : basename(path));
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, read());
    if (/^(bin|pkg\/tool)\//.test(path)) chmodSync(file, 0o755);
  }
}
