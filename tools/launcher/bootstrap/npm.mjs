import { spawn } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { LauncherError } from '../errors.mjs';

/**
 * Runs npm with the settings of this machine, under the given Node. What it prints is shown only when it fails.
 * @param {string[]} args @param {{ cwd: string, node?: string, env?: NodeJS.ProcessEnv }} options
 * @returns {Promise<void>}
 */
export function runNpm(args, { cwd, node = process.execPath, env = process.env }) {
  const program = npmProgram();
  const [command, first] = program ? [node, [program]] : ['npm', []];
  return new Promise((resolve, reject) => {
    const child = spawn(command, [...first, ...args], { cwd, env: withoutProject(env), stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk) => {
        said = shortened(said + chunk);
      });
    child.once('error', (cause) => reject(new LauncherError('NPM', 'npm could not be started', { cause })));
    child.once('close', (code) => {
      if (code === 0) resolve();
      else
        reject(
          new LauncherError('NPM', `npm ${args[0]} failed (${code}):\n${said.trim()}`, {
            remedy:
              args[0] === 'run'
                ? 'The sources do not build as they are.'
                : 'npm says why above; the settings of this machine are shown by: npm config list',
          }),
        );
    });
  });
}

/** The cause of a failure stands at the beginning or at the end. */
function shortened(text) {
  return text.length <= 8_000 ? text : `${text.slice(0, 3_000)}\n[...]\n${text.slice(-4_000)}`;
}

/** @returns {string | undefined} npm's own script, so that it runs under the Node of our choice */
function npmProgram() {
  const onPath = (process.env.PATH ?? '')
    .split(delimiter)
    .map((folder) => join(folder, 'npm'))
    .filter((path) => existsSync(path))
    .map((path) => realpathSync(path));
  return [process.env.npm_execpath, ...onPath].find((path) => path && /npm-cli\.c?js$/.test(path) && existsSync(path));
}

/** What `npm start` says about the project it runs in would make a nested npm work on that one. */
function withoutProject(env) {
  const names = ['npm_config_local_prefix', 'npm_command', 'npm_config_workspace', 'npm_config_workspaces', 'npm_package_json', 'INIT_CWD'];
  return Object.fromEntries(Object.entries(env).filter(([name]) => !names.includes(name) && !name.startsWith('npm_lifecycle_')));
}
