/** Where in a report something is wrong. */
export interface Place {
  /** JSON pointer (RFC 6901), as deep as the path is known. */
  readonly pointer?: string;
  readonly line?: number;
  readonly column?: number;
}

/** A report is not what its reader expects, or beyond a limit. The message repeats nothing of the report. */
export class ReportRefused extends Error {
  readonly code = 'report_refused';

  constructor(
    message: string,
    readonly place: Place = {},
  ) {
    super(message);
  }
}

/** JSON pointer of a path. */
export function pointerOf(path: readonly (string | number)[]): string {
  return path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}
