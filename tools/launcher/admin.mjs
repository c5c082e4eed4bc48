/** `throughline admin`: a way in for whoever owns the machine, when there is no token that still works. Needs no network. */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs, parseEnv } from 'node:util';
import { findNode } from './bootstrap/node-runtime.mjs';
import { reachableNode } from './bootstrap/toolchain.mjs';
import { notStarted, startedPlatform } from './code.mjs';
import { LauncherError } from './errors.mjs';
import { writePrivate } from './files.mjs';
import { refuseForeign } from './instance.mjs';
import { homeFolder, isRoot } from './paths.mjs';
import { environmentFile } from './provision/environment.mjs';
import { say } from './terminal.mjs';

const USAGE = `npx throughline admin create <name> [--email <address>]   makes an administrator with a name, and a token
npx throughline admin token <name>                        makes a further token of somebody who has lost theirs

  --home <folder>   of the platform (default: $THROUGHLINE_HOME, else .throughline/ here)
  --use             the command line on this machine signs in with the token from now on, even if it had one
  --json            print the answer, with the token, as JSON`;

const options = /** @type {const} */ ({
  home: { type: 'string' },
  email: { type: 'string' },
  use: { type: 'boolean' },
  json: { type: 'boolean' },
  help: { type: 'boolean' },
});

/** @param {string[]} args @returns {Promise<number>} exit code */
export async function run(args) {
  const { values, positionals } = parseArgs({ args, allowPositionals: true, options });
  const [verb, name] = positionals;
  if (values.help || !['create', 'token'].includes(verb) || !name || positionals.length > 2) {
    (values.help ? process.stdout : process.stderr).write(`${USAGE}\n`);
    return values.help ? 0 : 2;
  }
  const home = homeFolder(values.home);
  refuseForeign(home);
  const given = await ask(home, [verb, name, ...(values.email ? ['--email', values.email] : [])]);
  const cli = join(home, 'cli-token');
  const forCli = values.use || !existsSync(cli);
  if (forCli) writePrivate(cli, given.token);
  if (values.json) say(JSON.stringify({ ...given, ...(forCli ? { cliTokenFile: cli } : {}) }, null, 2));
  else tell(home, given, forCli ? cli : undefined);
  return 0;
}

/** Shown once to a person at a terminal; into a pipe or a log it never goes, but into a file of its own. */
function tell(home, { name, token, expiresAt }, cli) {
  if (process.stdout.isTTY) {
    say(`${name} signs in with this token until ${expiresAt}. It is shown this once:`);
    say(`\n  ${token}\n`);
  } else {
    const folder = join(home, 'tokens');
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const file = join(folder, encodeURIComponent(name));
    writePrivate(file, token);
    say(`${name} signs in with the token in ${file} until ${expiresAt}.`);
  }
  if (cli) say(`The command line on this machine signs in as ${name} from now on (${cli}).`);
}

/** The gateway's own program, as the gateway's own user and with its variables: it needs the database, and nobody's token. */
async function ask(home, args) {
  const { data, code: folder } = startedPlatform(home);
  const [file, node] = [environmentFile(data, 'gateway'), findNode()];
  const program = join(folder, 'apps/gateway/dist/admin/main.js');
  if (!node || !existsSync(file) || !existsSync(program)) throw notStarted(home);
  const env = parseEnv(readFileSync(file, 'utf8'));
  const { code, out, err } = await output(reachableNode(node), [program, ...args], { PATH: process.env.PATH, ...env }, ownerOf(file));
  if (code !== 0)
    throw new LauncherError('ADMIN', err.trim() || `it ended with ${code}`, { remedy: 'npx throughline admin --help', exitCode: code });
  return JSON.parse(out);
}

function ownerOf(file) {
  const { uid, gid } = statSync(file);
  return isRoot() ? { uid, gid } : {};
}

function output(program, args, env, user) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { ...user, cwd: '/', env, stdio: ['ignore', 'pipe', 'pipe'], timeout: 60_000 });
    let [out, err] = ['', ''];
    child.stdout.on('data', (chunk) => (out += chunk));
    child.stderr.on('data', (chunk) => (err += chunk));
    child.once('error', reject);
    child.once('close', (code) => resolve({ code: code ?? 1, out, err }));
  });
}
