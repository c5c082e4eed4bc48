import type { ArtifactSubject } from '@throughline/contracts';

const prefix = 'image:';

/** What findings about an image have in common where no repository is known: its name without host and tag, else its digest. */
export function imageScope({ image, digest }: Pick<ArtifactSubject, 'image' | 'digest'>): string {
  return `${prefix}${image ?? digest}`;
}

/** Whether findings belong to an image, and to no repository. */
export function isImageScope(scope: string): boolean {
  return scope.startsWith(prefix);
}
