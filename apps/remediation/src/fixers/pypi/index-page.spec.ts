import { describe, expect, it } from '@jest/globals';
import { readIndexPage } from './index-page.ts';

const digest = 'a'.repeat(64);

describe('the page of a package index', () => {
  it('is read as HTML', () => {
    const page = `<a href="../../packages/Bad_Pkg-1.0-py3-none-any.whl#sha256=${digest}" data-requires-python="&gt;=3.8" data-core-metadata="sha256=${digest}">Bad_Pkg-1.0-py3-none-any.whl</a>
      <a href='bad-pkg-1.0.tar.gz#sha256=${digest}' data-yanked>bad-pkg-1.0.tar.gz</a>
      <a href="bad-pkg-2.0.tar.gz#md5=x">bad-pkg-2.0.tar.gz</a> <a href="other-1.0.tar.gz#sha256=${digest}">other-1.0.tar.gz</a>`;

    expect(readIndexPage(page, 'bad-pkg', 'https://index.example/simple/bad-pkg/')).toEqual([
      expect.objectContaining({
        kind: 'wheel',
        version: '1.0',
        url: 'https://index.example/packages/Bad_Pkg-1.0-py3-none-any.whl',
        hash: `sha256:${digest}`,
        requiresPython: '>=3.8',
        isYanked: false,
        metadata: digest,
      }),
      expect.objectContaining({ kind: 'source', version: '1.0', isYanked: true, metadata: false }),
    ]);
  });

  it('is read as JSON, without what nobody could check or install', () => {
    const file = (filename: string, more = {}): object => ({
      filename,
      url: `https://f.example/${filename}`,
      hashes: { sha256: digest },
      ...more,
    });
    const page = {
      files: [
        file('bad-pkg-1.0.1.tar.gz', { size: 10, 'upload-time': '2024-01-01T00:00:00Z', yanked: 'broken' }),
        file('bad_pkg-1.0.1-py3-none-any.whl', { hashes: {} }),
        file('../bad-pkg-1.0.2.tar.gz'),
        file('bad-pkg-1.0.exe'),
        file('bad-pkg-extra-1.0.tar.gz'),
      ],
    };

    expect(readIndexPage(JSON.stringify(page), 'bad-pkg', '')).toEqual([
      expect.objectContaining({ version: '1.0.1', size: 10, uploaded: '2024-01-01T00:00:00Z', isYanked: true, kind: 'source' }),
    ]);
  });
});
