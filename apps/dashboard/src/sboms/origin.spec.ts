import { describe, expect, it } from '@jest/globals';
import type { SbomSummary } from '@throughline/contracts';
import { originOf } from './origin.ts';

describe('the origin of an SBOM', () => {
  it.each([
    [{ format: 'CycloneDX', specVersion: '1.5' }, 'CycloneDX 1.5'],
    [{ generatedBy: 'throughline dependencies 1.0.0', commit: 'c'.repeat(40) }, 'made from lock files'],
    [{ format: 'CycloneDX', specVersion: '1.6', generatedBy: 'throughline image layers' }, 'made from the layers of the image'],
  ])('of %j is told', (sbom, origin) => {
    expect(originOf(sbom as SbomSummary)).toBe(origin);
  });
});
