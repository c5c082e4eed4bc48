import { FixRefused } from '../version-change.ts';
import { pipfileLock } from './pipfile-lock.ts';
import type { PythonLockFile } from './lock-file.ts';
import { pdmLock } from './pdm-lock.ts';
import { poetryLock } from './poetry-lock.ts';
import { requirementsLock } from './requirements-lock.ts';
import { uvLock } from './uv-lock.ts';

/** By file name. */
export const lockFiles: readonly PythonLockFile[] = [poetryLock, pipfileLock, uvLock, pdmLock, requirementsLock];

export function findLockFile(file: string): PythonLockFile | undefined {
  return lockFiles.find((candidate) => candidate.file.test(file));
}

export function refusedFile(file: string): FixRefused {
  return new FixRefused(`${file} is not edited yet: raise the package with its own tool`);
}
