import { TextDecoder } from 'node:util';
import { utf16Of } from '../json/json-bytes.ts';
import { ReportRefused } from '../readers/report-refused.ts';

/** Encodings that reports come in, by the names that XML gives them. */
const encodings = new Set(['utf-8', 'utf8', 'us-ascii', 'ascii', 'iso-8859-1', 'latin1', 'windows-1252', 'utf-16', 'utf-16le', 'utf-16be']);
/** The declaration of the encoding lies within these. */
const declarationBytes = 256;

/** Turns the bytes of an XML document into text, in pieces. Throws `ReportRefused` for another encoding than is declared. */
export class XmlText {
  private held: Buffer | undefined = Buffer.alloc(0);
  private decoder: TextDecoder | undefined;

  write(chunk: Uint8Array): string {
    if (!this.held) return this.decode(chunk, true);
    this.held = Buffer.concat([this.held, chunk]);
    return this.held.length < declarationBytes ? '' : this.begin(true);
  }

  /** What is left; `whole` says that the document ends here, and not in the middle of a character. */
  end(whole = true): string {
    const first = this.held ? this.begin(true) : '';
    return whole ? first + this.decode(new Uint8Array(), false) : first;
  }

  private begin(more: boolean): string {
    const first = this.held!;
    this.held = undefined;
    this.decoder = decoderOf(first);
    return this.decode(first, more);
  }

  private decode(chunk: Uint8Array, stream: boolean): string {
    try {
      return this.decoder!.decode(chunk, { stream });
    } catch {
      throw new ReportRefused(`the report is not written in ${this.decoder!.encoding}`);
    }
  }
}

/** Whether a document begins as XML does. */
export function looksLikeXml(bytes: Buffer): boolean {
  const wide = utf16Of(bytes);
  // The rest of a pair or of a character may be missing at the end.
  const text = wide ? new TextDecoder(wide).decode(bytes.subarray(0, 4096)) : bytes.subarray(0, 4096).toString('latin1');
  return /^(?:\xef\xbb\xbf)?\s*</.test(text);
}

function decoderOf(first: Buffer): TextDecoder {
  const wide = utf16Of(first);
  if (wide) return new TextDecoder(wide, { fatal: true });
  const declared = /^(?:\xef\xbb\xbf)?\s*<\?xml[^>]*\sencoding\s*=\s*["']([\w.-]{1,40})["']/.exec(first.toString('latin1'))?.[1];
  const name = declared?.toLowerCase() ?? 'utf-8';
  if (!encodings.has(name)) throw new ReportRefused('the report is in an encoding that is not read here', { line: 1, column: 1 });
  // A document that can be read so far is not UTF-16, whatever it declares.
  return new TextDecoder(name.startsWith('utf-16') ? 'utf-8' : name, { fatal: true });
}
