import { listOf, objectOf, textOf } from '../../editing/unknown.ts';

/** What a release tells about itself. */
export interface CoreMetadata {
  readonly summary: string;
  /** As packages write it (PEP 508); undefined when it is only known once it is built. */
  readonly requires: readonly string[] | undefined;
  readonly extras: readonly string[];
}

const mostRequirements = 5_000;

/** Reads the `.metadata` beside a wheel: headers as those of a mail. What it calls dynamic was so until the wheel was built. */
export function readCoreMetadata(text: string): CoreMetadata {
  const end = /\r?\n\r?\n/.exec(text)?.index ?? text.length;
  const headers = text
    .slice(0, end)
    .replace(/\r?\n[ \t]+/g, ' ')
    .split(/\r?\n/);
  const valuesOf = (field: string): string[] =>
    headers.filter((line) => line.toLowerCase().startsWith(`${field}:`)).map((line) => line.slice(field.length + 1).trim());
  const [summary = ''] = valuesOf('summary');
  return {
    summary,
    requires: valuesOf('requires-dist').slice(0, mostRequirements),
    extras: valuesOf('provides-extra'),
  };
}

/** Reads the document that PyPI's own interface has about a release; undefined when it is of another form. */
export function readReleaseDocument(text: string, hasWheel: boolean): CoreMetadata | undefined {
  let info;
  try {
    info = objectOf(objectOf(JSON.parse(text))['info']);
  } catch {
    return undefined;
  }
  const requires = info['requires_dist'];
  // An archive of sources is often uploaded without saying what it needs.
  const told = Array.isArray(requires) ? requires.filter((one) => typeof one === 'string').slice(0, mostRequirements) : undefined;
  return {
    summary: textOf(info['summary']),
    requires: told ?? (hasWheel ? [] : undefined),
    extras: listOf(info['provides_extra']).filter((one) => typeof one === 'string'),
  };
}
