import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { draftOf } from './cache.mjs';
import { LauncherError } from './errors.mjs';
import { fetchUser, give, giveTree, may } from './infra/users.mjs';
import { cacheFolder, makeCache } from './paths.mjs';

/**
 * Who fetches and builds. As an ordinary user it is that user as he is; as root somebody who owns nothing, in a home that is
 * thrown away.
 * @typedef {{ user: import('./infra/users.mjs').User | undefined, home: string, env: NodeJS.ProcessEnv }} Fetcher
 */

/** By these the programs find the registries that this machine is to use. */
const SETTINGS = ['.netrc', '.config/pip/pip.conf', '.pip/pip.conf', '.m2/settings.xml'];
const PASSED =
  /^(path|lang|lc_.*|tz|ci|no_color|node_options|java_home|maven_opts|(https?|no|all)_proxy|node_extra_ca_certs|ssl_cert_(file|dir)|(requests|curl)_ca_bundle|pip_.*|npm_config_.*|go(proxy|sumdb|nosumdb|private|noproxy|insecure))$/i;
const OF_ROOTS_HOME = /^(npm_config_(cache|userconfig|prefix|globalconfig|init_module|local_prefix)|npm_config_logs_dir)$/i;

/**
 * @template T
 * @param {(fetcher: Fetcher) => Promise<T>} work @returns {Promise<T>}
 */
export async function fetching(work) {
  const user = fetchUser();
  if (!user) return work({ user, home: homedir(), env: process.env });
  refuseClosed(makeCache(), user);
  const home = mkdtempSync(draftOf(join(cacheFolder(), 'fetching')));
  try {
    for (const path of SETTINGS) copySetting(join(homedir(), path), join(home, path));
    copySetting(userConfig(), join(home, '.npmrc'));
    giveTree(home, user);
    return await work({ user, home, env: environmentIn(home, user) });
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

function refuseClosed(cache, user) {
  if (may('x', cache, user)) return;
  throw new LauncherError(
    'CACHE_CLOSED',
    `${cache} lies in a folder that other users cannot enter, and as root others run what is fetched`,
    {
      remedy: 'Leave THROUGHLINE_CACHE unset, or name a folder that everybody can reach.',
      exitCode: 2,
    },
  );
}

const userConfig = () => process.env.npm_config_userconfig ?? process.env.NPM_CONFIG_USERCONFIG ?? join(homedir(), '.npmrc');

function copySetting(from, to) {
  if (!existsSync(from)) return;
  mkdirSync(dirname(to), { recursive: true, mode: 0o700 });
  copyFileSync(from, to);
}

/** Not root's environment: it may hold what no build tool should read. */
function environmentIn(home, user) {
  const npm = join(cacheFolder(), 'npm');
  mkdirSync(npm, { recursive: true, mode: 0o700 });
  give(npm, user);
  const passed = Object.entries(process.env).filter(([name]) => PASSED.test(name) && !OF_ROOTS_HOME.test(name));
  return { ...Object.fromEntries(passed), HOME: home, npm_config_cache: npm, npm_config_userconfig: join(home, '.npmrc') };
}
