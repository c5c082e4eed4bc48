import { posix } from 'node:path';
import { valid } from '@renovatebot/pep440';
import { objectOf, textOf } from '../../editing/unknown.ts';
import { FixRefused } from '../version-change.ts';
import { normalName } from './names.ts';

/** An archive as the index lists it. */
export interface Archive {
  readonly file: string;
  readonly kind: 'wheel' | 'source';
  readonly version: string;
  /** Where it lies; empty when the page does not tell. */
  readonly url: string;
  /** `sha256:…`. */
  readonly hash: string;
  readonly size: number | undefined;
  readonly uploaded: string | undefined;
  readonly requiresPython: string;
  readonly isYanked: boolean;
  /** Whether the index says that it serves the archive's metadata, and with which hash if it tells. */
  readonly metadata: boolean | string;
}

const sha256 = /^[0-9a-f]{64}$/;

/** Reads what a package index says about a project: JSON (PEP 691) or HTML (PEP 503). */
export function readIndexPage(text: string, name: string, from: string): readonly Archive[] {
  return /^\s*\{/.test(text) ? jsonPage(text, name, from) : htmlPage(text, name, from);
}

function jsonPage(text: string, name: string, from: string): readonly Archive[] {
  let page;
  try {
    page = objectOf(JSON.parse(text));
  } catch {
    throw new FixRefused(`what the index says about ${name} is not JSON`);
  }
  return (Array.isArray(page['files']) ? page['files'] : []).flatMap((value): readonly Archive[] => {
    const file = objectOf(value);
    const metadata = file['core-metadata'] ?? file['dist-info-metadata'];
    const size = file['size'];
    return archive(name, from, {
      file: textOf(file['filename']),
      url: textOf(file['url']),
      sha256: textOf(objectOf(file['hashes'])['sha256']),
      size: typeof size === 'number' && Number.isSafeInteger(size) ? size : undefined,
      uploaded: textOf(file['upload-time']),
      requiresPython: textOf(file['requires-python']),
      isYanked: file['yanked'] === true || typeof file['yanked'] === 'string',
      metadata: metadata === true || textOf(objectOf(metadata)['sha256']) || typeof metadata === 'object',
    });
  });
}

const anchor = /<a\s([^>]*)>([^<]*)<\/a\s*>/gi;
const attribute = /([\w-]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?/g;

function htmlPage(text: string, name: string, from: string): readonly Archive[] {
  return [...text.matchAll(anchor)].flatMap((match): readonly Archive[] => {
    const attributes = new Map(
      [...match[1]!.matchAll(attribute)].map((one) => [one[1]!.toLowerCase(), unescaped(one[2] ?? one[3] ?? one[4] ?? '')]),
    );
    const [url, fragment = ''] = (attributes.get('href') ?? '').split('#');
    const metadata = attributes.get('data-core-metadata') ?? attributes.get('data-dist-info-metadata');
    return archive(name, from, {
      file: unescaped(match[2]!).trim(),
      url: url!,
      sha256: /(?:^|&)sha256=([0-9a-f]{64})(?:&|$)/.exec(fragment)?.[1] ?? '',
      size: undefined,
      uploaded: '',
      requiresPython: attributes.get('data-requires-python') ?? '',
      isYanked: attributes.has('data-yanked'),
      metadata: metadata === undefined ? false : (/^sha256=([0-9a-f]{64})$/.exec(metadata)?.[1] ?? metadata !== 'false'),
    });
  });
}

interface Listed extends Omit<Archive, 'hash' | 'kind' | 'version' | 'uploaded'> {
  readonly sha256: string;
  readonly uploaded: string;
}

/** What can be installed and checked: a wheel or a source archive with a sound hash; all else of the page is left out. */
function archive(name: string, from: string, listed: Listed): readonly Archive[] {
  const { sha256: digest, uploaded, file, ...rest } = listed;
  const named = versionOf(file, name);
  if (!named || !sha256.test(digest) || file !== posix.basename(file)) return [];
  const url = URL.parse(rest.url, from || undefined);
  return [
    {
      ...rest,
      ...named,
      file,
      url: url === null ? '' : url.href,
      hash: `sha256:${digest}`,
      uploaded: Number.isNaN(Date.parse(uploaded)) ? undefined : uploaded,
    },
  ];
}

function versionOf(file: string, name: string): Pick<Archive, 'kind' | 'version'> | undefined {
  if (!/^[\w.+!-]{1,300}$/.test(file)) return undefined;
  if (file.endsWith('.whl')) {
    const [project, version] = file.split('-');
    return normalName(project!) === name && version !== undefined && valid(version) !== null
      ? { kind: 'wheel', version: version.replaceAll('_', '+') }
      : undefined;
  }
  const stem = /^(.+)\.(?:tar\.gz|zip|tar\.bz2|tgz|tar\.xz)$/.exec(file)?.[1];
  if (stem === undefined) return undefined;
  for (let at = stem.indexOf('-'); at >= 0; at = stem.indexOf('-', at + 1)) {
    const version = stem.slice(at + 1);
    if (normalName(stem.slice(0, at)) === name && valid(version) !== null) return { kind: 'source', version };
  }
  return undefined;
}

function unescaped(text: string): string {
  const named: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
  return text.replace(/&(?:#(\d{1,6})|#x([0-9a-f]{1,5})|(amp|lt|gt|quot|apos));/gi, (_, decimal?: string, hex?: string, word?: string) => {
    if (word !== undefined) return named[word.toLowerCase()]!;
    return String.fromCodePoint(Math.min(0xfffd, decimal === undefined ? Number.parseInt(hex!, 16) : Number(decimal)));
  });
}
