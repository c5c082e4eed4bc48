import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
import { chromium, type Browser } from 'playwright-core';

const flags = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** A real Chromium: the machine's, else the one of an npm package with the libraries and fonts it needs. */
export async function openBrowser(): Promise<Browser> {
  const own = onPath(['chromium', 'chromium-browser', 'google-chrome']);
  if (own) return chromium.launch({ executablePath: own, args: flags });
  const folder = unpackedChromium();
  const env = { ...process.env, LD_LIBRARY_PATH: join(folder, 'lib'), FONTCONFIG_PATH: join(folder, 'fonts') } as Record<string, string>;
  return chromium.launch({ executablePath: join(folder, 'chromium'), args: flags, env });
}

function onPath(names: readonly string[]): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find((file) => existsSync(file));
}

/** Unpacks the package once per version; a run that was cut short leaves nothing that a later one would take. */
function unpackedChromium(): string {
  const packed = join(dirname(createRequire(import.meta.url).resolve('@sparticuz/chromium')), '..', 'bin');
  const version = (JSON.parse(readFileSync(join(packed, '..', 'package.json'), 'utf8')) as { version: string }).version;
  const folder = join(tmpdir(), `throughline-chromium-${version}-${process.getuid?.() ?? 0}`);
  if (existsSync(folder)) return folder;
  const draft = `${folder}.${process.pid}`;
  mkdirSync(draft, { recursive: true, mode: 0o755 });
  writeFileSync(join(draft, 'chromium'), brotliDecompressSync(readFileSync(join(packed, 'chromium.br'))), { mode: 0o755 });
  for (const name of ['al2023', 'fonts', 'swiftshader']) {
    const archive = join(draft, `${name}.tar`);
    writeFileSync(archive, brotliDecompressSync(readFileSync(join(packed, `${name}.tar.br`))));
    execFileSync('tar', ['xf', archive, '-C', draft]);
    rmSync(archive);
  }
  renameSync(draft, folder);
  return folder;
}
