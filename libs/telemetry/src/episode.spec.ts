import { describe, expect, it } from '@jest/globals';
import { episode } from './episode.ts';

const carrier = { traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01` };

describe('an episode', () => {
  it('goes on while it moves', () => {
    expect(episode(carrier, 60_000)).toEqual({ parent: carrier });
  });

  it('ends after a minute of waiting: a new trace links to it', () => {
    expect(episode(carrier, 60_001)).toEqual({ root: true, links: [carrier] });
  });

  it('begins where nothing was carried', () => {
    expect(episode(undefined, 0)).toEqual({ root: true });
  });
});
