import { run } from './command.ts';
import type { Python } from './tool.ts';

const oldest = { major: 3, minor: 10 };
const question =
  'import json,os,sys;print(json.dumps([sys.version_info[0],sys.version_info[1],os.path.realpath(sys.executable),sys.base_prefix]))';

/** Python as it can install wheels: interpreter and the words that start its pip. */
export interface PythonWithPip {
  readonly python: Python;
  readonly pip: readonly string[];
}

/** The machine's Python with pip; a text that says what is missing when there is none. */
export async function findPython(): Promise<PythonWithPip | string> {
  let seen = 'no Python 3: install python3 with pip';
  for (const name of ['python3', 'python']) {
    const answer = await run([name, '-c', question], { timeoutMs: 20_000 });
    if (answer.code !== 0) continue;
    const [major, minor, executable, home] = JSON.parse(answer.output) as [number, number, string, string];
    if (major !== oldest.major || minor < oldest.minor) {
      seen = `Python ${major}.${minor} is too old: install ${oldest.major}.${oldest.minor} or newer`;
      continue;
    }
    const pip = [executable, '-m', 'pip'];
    if ((await run([...pip, '--version'], { timeoutMs: 60_000 })).code === 0) {
      return { python: { executable, home, version: `${major}.${minor}` }, pip };
    }
    seen = `Python ${major}.${minor} has no pip: install python3-pip`;
  }
  return seen;
}
