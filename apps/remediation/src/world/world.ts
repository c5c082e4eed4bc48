/** A document of a registry, what advisories say about a package, or a file of the commit; named by data, so that it can be fetched elsewhere. */
export interface DocumentName {
  readonly kind: 'npm' | 'pypi' | 'pypi-metadata' | 'pypi-release' | 'advisories' | 'file';
  /** Address of the registry; else empty. */
  readonly at: string;
  readonly name: string;
}

/** What came of fetching it, and from where. `away` says why nobody can tell; `absent` that there is none. */
export type FetchedDocument = { readonly text: string; readonly from?: string } | { readonly absent: true } | { readonly away: string };

/** What is known outside the repository. A fixer asks as it goes; what is not here yet is fetched, and it is asked again. */
export interface World {
  /** Throws `DocumentWanted` for one that was not fetched yet. */
  document(name: DocumentName): FetchedDocument;
  readonly now: Date;
  /** Younger releases are not proposed: a hijacked one is mostly found within days. */
  readonly minimumAgeDays: number;
}

/** Not a failure: the documents are to be fetched, and the fixer to be asked again. */
export class DocumentWanted extends Error {
  readonly code = 'document_wanted';

  readonly wanted: DocumentName;

  constructor(wanted: DocumentName) {
    super(`${wanted.kind} ${wanted.at} ${wanted.name}`);
    this.wanted = wanted;
  }
}

export function keyOf({ kind, at, name }: DocumentName): string {
  return `${kind} ${at} ${name}`;
}

/** A world of which these documents were fetched. */
export function worldOf(documents: ReadonlyMap<string, FetchedDocument>, now: Date, minimumAgeDays: number): World {
  return {
    now,
    minimumAgeDays,
    document(name) {
      const fetched = documents.get(keyOf(name));
      if (fetched === undefined) throw new DocumentWanted(name);
      return fetched;
    },
  };
}

/** Nothing can be asked: fixes stay as good as the repository alone allows. */
export const nowhere: World = {
  now: new Date(0),
  minimumAgeDays: 0,
  document: ({ kind }) => (kind === 'advisories' || kind === 'file' ? { absent: true } : { away: 'no registry is asked' }),
};
