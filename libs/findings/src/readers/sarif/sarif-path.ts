import { objectOf, textOf, type Foreign } from '../../foreign.ts';

export interface PathContext {
  /** `run.originalUriBaseIds`. */
  readonly baseUris?: Foreign;
  /** Absolute folder of the tree that was read; it is cut off absolute addresses. */
  readonly root?: string;
}

const longestPath = 1024;
const deepestBase = 8;

/** The path in the repository that an `artifactLocation` names; undefined when it names none. */
export function pathOf(artifact: Foreign | undefined, context: PathContext): string | undefined {
  const uri = textOf(artifact?.['uri'], 4096);
  if (uri === undefined) return undefined;
  const address = isAbsolute(uri) ? uri : `${prefixOf(textOf(artifact?.['uriBaseId'], 256), context, 0)}${uri}`;
  return relative(address, context.root);
}

/** What stands before a relative address; a base that is not known counts as the root of the repository. */
function prefixOf(id: string | undefined, context: PathContext, depth: number): string {
  const bases = context.baseUris ?? {};
  const base = id !== undefined && Object.hasOwn(bases, id) && depth < deepestBase ? objectOf(bases[id]) : undefined;
  const uri = textOf(base?.['uri'], 4096);
  if (base === undefined || uri === undefined) return '';
  if (!isAbsolute(uri)) return withSlash(prefixOf(textOf(base['uriBaseId'], 256), context, depth + 1) + uri);
  const path = decoded(uri);
  return context.root !== undefined && within(path, context.root) ? withSlash(uri) : '';
}

function relative(address: string, root: string | undefined): string | undefined {
  const path = decoded(address);
  const inside = root !== undefined && within(path, root) ? path.slice(withoutSlash(root).length) : path;
  const parts: string[] = [];
  for (const part of inside.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  const clean = parts.join('/');
  return clean === '' || clean.length > longestPath ? undefined : clean;
}

function decoded(address: string): string {
  const path = address
    .replace(/^file:\/\/[^/]*/i, '')
    .replace(/^file:/i, '')
    .replaceAll('\\', '/')
    .replace(/^\/?[A-Za-z]:\//, '/');
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

function isAbsolute(uri: string): boolean {
  return /^(?:file:|\/|[A-Za-z]:[\\/])/i.test(uri);
}

function within(path: string, root: string): boolean {
  const folder = withoutSlash(root);
  return path === folder || path.startsWith(`${folder}/`);
}

function withSlash(text: string): string {
  return text.endsWith('/') ? text : `${text}/`;
}

function withoutSlash(text: string): string {
  return text.replace(/\/+$/, '');
}
