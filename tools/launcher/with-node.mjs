#!/usr/bin/env node
/**
 * Runs a program of the workshop under a Node that can run the platform, as `npm start` does it:
 * `node tools/launcher/with-node.mjs PROGRAM ARGUMENTS`.
 */
import { bringNode, findNode, pathWith } from './bootstrap/node-runtime.mjs';
import { continueUnder } from './bootstrap/reexec.mjs';
import { explain } from './terminal.mjs';

try {
  const node = findNode() ?? (await bringNode());
  process.exitCode = await continueUnder(node, { ...process.env, PATH: pathWith(node) }, process.argv.slice(2));
} catch (error) {
  process.exitCode = explain(error);
}
// The watch over npm must not keep the process.
process.exit();
