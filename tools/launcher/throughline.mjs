#!/usr/bin/env node
/** `npx throughline <verb>`: start, admin, scanners, doctor and uninstall are the launcher's; every other verb is the client's. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from './paths.mjs';

const [verb, ...rest] = process.argv.slice(2);
const ours = ['start', 'admin', 'doctor', 'uninstall'].includes(verb) || (verb === 'scanners' && rest[0] !== 'list');
if (ours) {
  process.argv.splice(2, process.argv.length, verb, ...rest);
  await import('./bootstrap.mjs');
} else {
  const { findNode } = await import('./bootstrap/node-runtime.mjs');
  const client = join(projectRoot, 'apps/cli/dist/main.js');
  const node = findNode();
  if (!node || !existsSync(client)) {
    process.stderr.write('Throughline is not built yet: run `npm start` once.\n');
    process.exit(2);
  }
  const child = spawn(node, [client, ...process.argv.slice(2)], { stdio: 'inherit' });
  for (const name of /** @type {const} */ (['SIGINT', 'SIGTERM'])) process.on(name, () => child.kill(name));
  child.once('exit', (code, signal) => process.exit(code ?? (signal ? 130 : 1)));
}
