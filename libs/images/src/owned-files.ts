import type { ImageFiles } from './image-files.ts';
import { isApkList, rpmListed } from './os-packages.ts';

const dpkgLists = /^var\/lib\/dpkg\/(?:info\/[^/]+\.list|status\.d\/[^/]+\.md5sums)$/;

/** Whether a file lists what a package of the system has brought. */
export function isOwnerList(path: string): boolean {
  return dpkgLists.test(path);
}

/**
 * Files that packages of the system have brought. What a language would find in them has the fixes of the distribution, and is
 * listed as that package already.
 */
export function ownedFiles(files: ImageFiles): ReadonlySet<string> {
  const owned = new Set<string>();
  for (const path of files.paths) {
    const found = isOwnerList(path)
      ? dpkgFiles(files.text(path) ?? '')
      : isApkList(path)
        ? apkFiles(files.text(path) ?? '')
        : rpmFiles(files, path);
    for (const file of found) owned.add(merged(file));
  }
  return owned;
}

/** Distributions have moved `/lib` below `/usr`, and speak of files by either name. */
export function merged(path: string): string {
  return path.replace(/^\/?(?:usr\/)?/, '');
}

/** A path alone, or behind its digest. */
function dpkgFiles(text: string): readonly string[] {
  return text.split('\n').flatMap((line) => line.replace(/^[0-9a-f]{32} {2}/, '').trim() || []);
}

function* apkFiles(text: string): Iterable<string> {
  let folder = '';
  for (const line of text.split('\n')) {
    if (line.startsWith('F:')) folder = line.slice(2);
    if (line.startsWith('R:')) yield `${folder}/${line.slice(2)}`;
  }
}

function rpmFiles(files: ImageFiles, path: string): readonly string[] {
  return rpmListed(files, path).flatMap(({ files: own }) => own);
}
