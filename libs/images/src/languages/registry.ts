import { binaries } from './binaries.ts';
import { javaArchives } from './java-archives.ts';
import type { LanguageFile } from './language-package.ts';
import { composerPackages, gems, nodeModules, pythonPackages } from './manifests.ts';

/** What is read of languages; a file is read by the first that wants it. */
export const languageFiles: readonly LanguageFile[] = [nodeModules, pythonPackages, gems, composerPackages, javaArchives, binaries];
