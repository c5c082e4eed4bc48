import type { SbomSummary } from '@throughline/contracts';

/** Where its components come from. */
export function originOf({ format, specVersion, generatedBy, commit }: SbomSummary): string {
  if (generatedBy === undefined) return `${format ?? ''} ${specVersion ?? ''}`.trim();
  return commit === undefined ? 'made from the layers of the image' : 'made from lock files';
}
