import { RegistryFailed } from './registry-failed.ts';

/** An image of a registry. */
export interface ImageReference {
  /** Host that is asked, with its port where one is written. */
  readonly host: string;
  /** Name of the image within the registry. */
  readonly name: string;
  readonly tag?: string;
  /** Counts before the tag. */
  readonly digest?: string;
}

/** Longest name that registries take, host included. */
const longest = 255;
const hostForm = /^(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\])(?::\d{1,5})?$/i;
const nameForm = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/;
const tagForm = /^\w[\w.-]{0,127}$/;
const digestForm = /^sha256:[0-9a-f]{64}$/;

/** Docker Hub's names are written without host, and its registry has a name that nobody writes. */
const hub = { written: ['docker.io', 'index.docker.io'], host: 'registry-1.docker.io' };

/** `alpine`, `ghcr.io/you/shop:1.2`, `registry.internal:5000/shop@sha256:…`; throws `RegistryFailed` for what is no image. */
export function parseReference(text: string): ImageReference {
  const at = text.indexOf('@');
  const digest = at < 0 ? undefined : text.slice(at + 1);
  const before = at < 0 ? text : text.slice(0, at);
  const [first = '', ...rest] = before.split('/');
  const hasHost = rest.length > 0 && (/[.:]/.test(first) || first === 'localhost');
  const [, path = '', tag] = /^([^:]*)(?::(.*))?$/.exec(hasHost ? rest.join('/') : before) ?? [];
  const written = hasHost ? first.toLowerCase() : hub.written[0]!;
  const onHub = hub.written.includes(written);
  const host = onHub ? hub.host : written;
  const name = onHub && !path.includes('/') ? `library/${path}` : path;
  const fits = hostForm.test(host) && nameForm.test(name) && host.length + name.length < longest;
  if (!fits || (tag !== undefined && !tagForm.test(tag)) || (digest !== undefined && !digestForm.test(digest)))
    throw new RegistryFailed(
      'invalid',
      `${JSON.stringify(text.slice(0, 200))} names no image: write registry/name:tag or registry/name@sha256:…`,
    );
  const marked = tag !== undefined || digest !== undefined;
  return { host, name, ...(marked ? { ...(tag !== undefined && { tag }) } : { tag: 'latest' }), ...(digest !== undefined && { digest }) };
}
