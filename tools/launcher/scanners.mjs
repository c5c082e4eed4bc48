/** `throughline scanners add|remove`: some scanners are only on machines whose owner asked for them. */
import { parseArgs } from 'node:util';
import { startedPlatform } from './code.mjs';
import { refuseForeign } from './instance.mjs';
import { homeFolder } from './paths.mjs';
import { installScanners } from './start/scanners.mjs';

const USAGE = `npx throughline scanners list            which scanners there are, what they take, and how they stand
npx throughline scanners add <tool>      installs one that nobody gets unasked: semgrep, checkov,
                                         detect-secrets, gitleaks, actionlint
npx throughline scanners remove <tool>   takes it away again

  --home <folder>   of the platform (default: $THROUGHLINE_HOME, else .throughline/ here)`;

const options = /** @type {const} */ ({ home: { type: 'string' }, help: { type: 'boolean' } });

/** @param {string[]} args @returns {Promise<number>} exit code */
export async function run(args) {
  const { values, positionals } = parseArgs({ args, allowPositionals: true, options });
  const [verb, ...tools] = positionals;
  if (values.help || !['add', 'remove'].includes(verb) || tools.length === 0) {
    (values.help ? process.stdout : process.stderr).write(`${USAGE}\n`);
    return values.help ? 0 : 2;
  }
  const home = homeFolder(values.home);
  refuseForeign(home);
  const wishes = tools.flatMap((tool) => [`--${verb}`, tool]);
  return installScanners(startedPlatform(home), new AbortController().signal, wishes);
}
