import type { ArtifactSubject } from '@throughline/contracts';

/** Begins what stands for an image where a repository stands else. */
export const imagePrefix = 'image:';

/** What findings about an image have in common where no repository is known: its name without host and tag, else its digest. */
export function imageScope({ image, digest }: Pick<ArtifactSubject, 'image' | 'digest'>): string {
  return `${imagePrefix}${image ?? digest}`;
}

/** Whether findings belong to an image, and to no repository. */
export function isImageScope(scope: string): boolean {
  return scope.startsWith(imagePrefix);
}
