import { repositoryId } from '@throughline/contracts';
import { withoutVersion } from '@throughline/findings';
import { parsePurl, type Purl } from '@throughline/versions';

/** What a name in a statement stands for here. */
export interface VexProduct {
  /** Package URL without version, id of a repository, or `image:` and the name of an image. */
  readonly key: string;
  /** A package, or the place where findings are. */
  readonly kind: 'package' | 'scope';
  /** Version of a package; digest or tag of an image; commit of a repository. */
  readonly version?: string;
  readonly qualifiers: Readonly<Record<string, string>>;
}

const hosts: Readonly<Record<string, string>> = { github: 'github.com', gitlab: 'gitlab.com', bitbucket: 'bitbucket.org' };

/** Undefined for a name that says nothing about where the product is. */
export function vexProductOf(text: string): VexProduct | undefined {
  if (text.startsWith('image:')) return { key: text, kind: 'scope', qualifiers: {} };
  if (!text.startsWith('pkg:')) return repositoryProduct(text);
  const purl = parsePurl(text);
  if (!purl) return undefined;
  const { type, namespace, name, version, qualifiers = {} } = purl;
  const own = Object.hasOwn(hosts, type) && namespace !== undefined ? `${hosts[type]}/${namespace}/${name}`.toLowerCase() : imageKey(purl);
  const part = version ?? qualifiers['tag'] ?? qualifiers['vcs_url'];
  if (own !== undefined) return { key: own, kind: 'scope', qualifiers: {}, ...(part !== undefined && { version: part }) };
  return { key: withoutVersion(text), kind: 'package', qualifiers, ...(version !== undefined && { version }) };
}

/** The name of a repository or an image that `vexProductOf` and others read as that. */
export function vexNameOf(repository: string): string {
  if (repository.startsWith('image:')) {
    const name = repository.slice('image:'.length);
    return `pkg:oci/${name.slice(name.lastIndexOf('/') + 1)}?repository_url=${encodeURIComponent(name)}`;
  }
  const [host, ...path] = repository.split('/');
  const forge = Object.keys(hosts).find((type) => hosts[type] === host);
  return forge === undefined ? `https://${repository}` : `pkg:${forge}/${path.join('/')}`;
}

/** An image is known by its name without host, as its findings are. */
function imageKey({ type, namespace, name, qualifiers = {} }: Purl): string | undefined {
  if (type !== 'oci' && type !== 'docker') return undefined;
  const address = type === 'oci' ? qualifiers['repository_url'] : undefined;
  if (address !== undefined) return `image:${withoutHost(address)}`;
  return `image:${namespace === undefined ? name : `${namespace}/${name}`}`;
}

function withoutHost(address: string): string {
  const [first = '', ...rest] = address.replace(/^[a-z]+:\/\//i, '').split('/');
  return rest.length > 0 && /[.:]|^localhost$/.test(first) ? rest.join('/') : [first, ...rest].join('/');
}

function repositoryProduct(text: string): VexProduct | undefined {
  try {
    return /\s/.test(text) || !text.includes('/') ? undefined : { key: repositoryId(text), kind: 'scope', qualifiers: {} };
  } catch {
    return undefined;
  }
}
