/** One place of a mapping that is wrong. */
export interface MappingFlaw {
  /** JSON pointer (RFC 6901) into the document. */
  readonly pointer: string;
  readonly line?: number;
  readonly detail: string;
}

/** A mapping that cannot be used, with every flaw that was found. */
export class MappingRefused extends Error {
  readonly code = 'mapping_refused';

  constructor(readonly flaws: readonly MappingFlaw[]) {
    super(flaws.map(told).join('\n'));
  }
}

function told({ pointer, line, detail }: MappingFlaw): string {
  return `${line === undefined ? '' : `line ${line}: `}${pointer === '' ? 'the mapping' : pointer} ${detail}`;
}
