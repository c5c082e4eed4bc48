import type { LockFormat } from './lock-file.ts';
import { npmLock } from './npm-lock.ts';
import { pnpmLock } from './pnpm-lock.ts';
import { pipfileLock, pythonLocks } from './python-locks.ts';
import { isRequirementsFile, requirementsLock } from './requirements.ts';
import { yarnLock } from './yarn-lock.ts';

/** How a lock file is read, by its name; undefined when no reader knows it. */
export function formatOf(file: string): LockFormat | undefined {
  if (isRequirementsFile(file)) return requirementsLock(file);
  return [npmLock, yarnLock, pnpmLock, pythonLocks, pipfileLock].find((format) => format.matches(file));
}
