import { describe, expect, it } from '@jest/globals';
import type { SbomSummary } from '@throughline/contracts';
import { formerOf } from './former.ts';

const sbom = (id: string, more: Partial<SbomSummary> = {}): SbomSummary => ({
  ...{ id, application: 'shop', assurance: 'claimed', components: 1, createdAt: '', receivedAt: '' },
  ...{ repository: 'git.example/a/b', ref: 'refs/heads/main', ...more },
});

describe('formerOf', () => {
  it('is the one before of the same branch or image, and of the same origin', () => {
    const made = { generatedBy: 'throughline dependencies 1.0.0' };
    const former = formerOf([sbom('5'), sbom('4', made), sbom('3', { ref: 'refs/heads/other' }), sbom('2'), sbom('1', made), sbom('0')]);

    expect([...former].map(([id, one]) => [id, one.id])).toEqual([
      ['5', '2'],
      ['4', '1'],
      ['2', '0'],
    ]);
  });
});
