/** What the process in the box is asked to do; all paths as seen from inside. */
export interface BoxTask {
  readonly scanner: string;
  readonly tree: string;
  /** Folder of the scanner's own tool, when it has one. */
  readonly tool?: string;
  /** Folder of the tool whose rules mask secrets in snippets. */
  readonly masks?: string;
}

/** The last line of the output: without it the output is not whole. */
export interface BoxEnd {
  readonly end: number;
}

/** Instead of it, when the work could not be done; the reason repeats nothing of the tree. */
export interface BoxFailure {
  readonly failed: string;
}

/** What the process that reads an uploaded SBOM is asked to do; standard input holds it once. */
export interface SbomTask {
  readonly format: string;
  readonly bytes: number;
}

/** What the process that reads an image is asked to do; standard input holds its layers one behind the other. */
export interface ImageTask {
  readonly name: string;
  readonly digest: string;
  /** Their lengths, from the lowest on. */
  readonly layers: readonly number[];
}

/** What the process that reads an uploaded report is asked to do. */
export interface ReportTask {
  readonly reader: string;
  /** The mapping that declares the reader (base64: a command bounds the length of a word), where it is not built in. */
  readonly mapping?: string;
  /** Length of the report; standard input holds it as often as the reader has passes. */
  readonly bytes: number;
  /** Folder of the tool whose rules mask secrets in texts. */
  readonly masks?: string;
}
