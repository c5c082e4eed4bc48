import { describe, expect, it } from '@jest/globals';
import { Problem } from '@throughline/service';
import { imageIn } from './sbom-uploads.ts';
import { imageSubject } from './upload-subject.ts';

const digest = `sha256:${'a'.repeat(64)}`;

describe('imageIn', () => {
  it.each([
    [`registry.example/acme/shop:1.2@${digest}`, { name: 'acme/shop', tag: '1.2' }],
    [`registry.example:5000/acme/shop@${digest}`, { name: 'acme/shop' }],
    [`localhost/shop:latest@${digest}`, { name: 'shop', tag: 'latest' }],
    [`acme/shop@${digest}`, { name: 'acme/shop' }],
    [`nginx:1.27@${digest}`, { name: 'library/nginx', tag: '1.27' }],
    [`docker.io/library/nginx@${digest}`, { name: 'library/nginx' }],
    [`index.docker.io/nginx@${digest}`, { name: 'library/nginx' }],
    [digest, {}],
  ])('reads the name without host and tag of %s', (artifact, named) => {
    expect(imageIn(artifact)).toEqual({ digest, ...named });
  });

  it('takes the name from beside the digest, too', () => {
    expect(imageIn(digest, 'registry.example/acme/shop:2')).toEqual({ digest, name: 'acme/shop', tag: '2' });
  });

  it.each([['latest'], ['sha256:abc'], [`a b@${digest}`], [`${digest}0`]])('refuses %s', (artifact) => {
    expect(() => imageIn(artifact)).toThrow(Problem);
  });

  it.each([['acme//..//shop\u0000'], [' '], ['-'], ['']])('refuses the name %j', (name) => {
    expect(() => imageIn(digest, name)).toThrow(Problem);
  });
});

describe('imageSubject', () => {
  it('joins the digests of a tag, and leaves those alone of which nobody knows the name', () => {
    expect(imageSubject(imageIn(`acme/shop:1@${digest}`))).toMatchObject({
      repository: 'image:acme/shop',
      line: 'tag:1',
      commit: 'a'.repeat(64),
    });
    expect(imageSubject(imageIn(digest))).toMatchObject({ repository: `image:${digest}`, line: digest });
  });
});
