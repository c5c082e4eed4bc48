#!/usr/bin/env node
/**
 * Entry of `npm start`, `npm test` and `npm run test:real`. Needs Node 20 and nothing installed: it brings Node 24, the dependencies and the
 * build where they are missing or stale, then runs the command under Node 24.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { alone } from './bootstrap/alone.mjs';
import { announce } from './bootstrap/announce.mjs';
import { build, isBuilt } from './bootstrap/build.mjs';
import { install, isInstalled } from './bootstrap/install.mjs';
import { bringNode, findNode, nodePackage, pathWith } from './bootstrap/node-runtime.mjs';
import { checkPrerequisites, kafkaFetches } from './bootstrap/prerequisites.mjs';
import { continueUnder } from './bootstrap/reexec.mjs';
import { reachableNode } from './bootstrap/toolchain.mjs';
import { homeFolder, isRoot, projectRoot } from './paths.mjs';
import { explain, step } from './terminal.mjs';

const [command = 'start', ...args] = process.argv.slice(2);
const LATER = 'THROUGHLINE_UNDER_NODE_24';

/** Commands that must work when nothing else does. */
const ALONE = { admin: './admin.mjs', scanners: './scanners.mjs', doctor: './doctor.mjs', uninstall: './uninstall.mjs' };
const PREPARED = { start: './start.mjs', test: './test.mjs', real: './test.mjs' };

// What root makes, others run; what is private says so itself.
if (isRoot()) process.umask(0o022);

try {
  process.exitCode = await run();
} catch (error) {
  process.exitCode = explain(error);
}
// Timers and sockets of whatever failed must not keep the process.
process.exit();

async function run() {
  if (command in ALONE) return (await import(ALONE[command])).run(args);
  if (!(command in PREPARED))
    throw Object.assign(new Error(`There is no command ${command}`), {
      remedy: 'start, test, real, admin, doctor or uninstall',
      exitCode: 2,
    });
  if (args.includes('--help')) return (await import('./help.mjs')).help(command);
  if (!process.env[LATER]) announce(await missing());
  const node = reachableNode(findNode() ?? (await step(`Node.js ${nodePackage?.version}`, bringNode, () => 'fetched and verified')));
  if (!process.env[LATER] || node !== process.execPath) return continueUnder(node, { ...process.env, [LATER]: '1', PATH: pathWith(node) });
  process.env.PATH = pathWith(node);
  if (!isInstalled() || !isBuilt()) await alone(prepare);
  return (await import(PREPARED[command])).run(args, command);
}

async function prepare() {
  if (!isInstalled()) {
    const home = args[args.indexOf('--home') + 1 || args.length];
    await step(
      'Dependencies',
      () => install(homeFolder(home)),
      () => 'installed',
    );
  }
  if (!isBuilt()) await step('Build', build, () => 'built');
}

async function missing() {
  const fetches = kafkaFetches(checkPrerequisites());
  if (!existsSync(join(projectRoot, 'node_modules')))
    fetches.unshift({ what: 'npm packages', megabytes: 285, how: 'into node_modules, no install scripts run' });
  if (!findNode())
    fetches.unshift({ what: `Node.js ${nodePackage?.version}`, megabytes: 50, how: `this machine has ${process.versions.node}` });
  if (fetches.length) fetches.push({ what: 'scanners', megabytes: 60, how: 'into the data folder' });
  return fetches;
}
