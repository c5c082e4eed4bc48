import { posix } from 'node:path';
import { cargoLock } from './cargo-lock.ts';
import { composerInstalled, composerLock } from './composer-lock.ts';
import { gemfileLock } from './gemfile-lock.ts';
import { goMod } from './go-mod.ts';
import { gradleCatalogue, gradleLock, gradleVerification } from './gradle-lock.ts';
import type { LockFormat } from './lock-file.ts';
import { mavenPom } from './maven-pom.ts';
import { npmLock } from './npm-lock.ts';
import { nugetDeps, nugetLock } from './nuget-lock.ts';
import { nugetConfig, nugetProject } from './nuget-project.ts';
import { pnpmLock } from './pnpm-lock.ts';
import { pipfileLock, pythonLocks } from './python-locks.ts';
import { isRequirementsFile, requirementsLock } from './requirements.ts';
import { yarnLock } from './yarn-lock.ts';

const formats: readonly LockFormat[] = [
  ...[npmLock, yarnLock, pnpmLock, pythonLocks, pipfileLock],
  ...[goMod, cargoLock, composerLock, composerInstalled, gemfileLock],
  ...[mavenPom, gradleLock, gradleCatalogue, gradleVerification],
  ...[nugetLock, nugetDeps, nugetConfig, nugetProject],
];

/** How a lock file is read, by its path; undefined when no reader knows it. */
export function formatOf(path: string): LockFormat | undefined {
  const file = posix.basename(path);
  if (isRequirementsFile(file)) return requirementsLock(file);
  return formats.find((format) => format.matches(file, path));
}

/** Files that readers look at beside a lock file. */
const companions = new Set([
  ...['go.sum', 'Cargo.toml', 'composer.json', 'Gemfile', 'gems.rb', 'build.gradle', 'build.gradle.kts'],
  ...['Directory.Packages.props', 'Directory.Build.props'],
]);

/** Whether a reader may look at the file when it reads another. */
export function isCompanion(file: string): boolean {
  return companions.has(file);
}
