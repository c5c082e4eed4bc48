import { jsonItems, type Seen } from '../../json/json-items.ts';
import type { RawFinding } from '../../raw.ts';
import { objectOf, present, rejected, severityOf, textOf, webAddress, wholeOf, type Foreign } from '../fields.ts';
import type { OpenReport, ReadLine, ReportReader } from '../reader.ts';
import { ReportRefused } from '../report-refused.ts';

const places = ['$', '$.*'];
const marks = ['check_type', 'checkov_version', 'results.failed_checks', 'summary.checkov_version'].flatMap((mark) =>
  places.map((place) => `${place}.${mark}`),
);

/**
 * `checkov -o json`: one object for one framework, a list of them for several, a summary alone where there was nothing to look
 * at. What a comment skips (`skipped_checks`) is read all the same.
 */
export const checkov: ReportReader = {
  name: 'checkov',
  title: 'Checkov JSON',
  finds: ['configuration', 'secret'],
  passes: 1,
  marks,
  recognises: (head) =>
    places.some((at) => head.has(`${at}.check_type`, `${at}.results.failed_checks`) || head.has(`${at}.checkov_version`)),
  read,
};

async function* read(open: OpenReport): AsyncIterable<ReadLine> {
  const seen: Seen = new Map();
  const lists = places.flatMap((place) =>
    ['failed_checks', 'skipped_checks', 'parsing_errors'].map((list) => `${place}.results.${list}.*`),
  );
  const named = places.flatMap((place) => [`${place}.check_type`, `${place}.checkov_version`]);
  for await (const { selector, path, value } of jsonItems(open(), [...lists, ...named], { seen })) {
    if (named.includes(selector)) continue;
    if (selector.includes('parsing_errors')) yield { unread: present({ path: inTree(textOf(value, 4096)) }) };
    else yield lineOf(objectOf(value) ?? {}, path);
  }
  if (!named.some((name) => seen.has(name))) throw new ReportRefused('this is no report of Checkov', { pointer: '/check_type' });
}

function lineOf(check: Foreign, path: readonly (string | number)[]): ReadLine {
  const rule = textOf(check['check_id'], 100);
  if (rule === undefined) return rejected(path, 'a check names its rule (check_id)');
  const lines = Array.isArray(check['file_line_range']) ? check['file_line_range'] : [];
  const file = inTree(textOf(check['file_path'], 4096));
  const secret = rule.startsWith('CKV_SECRET_');
  return {
    finding: present<RawFinding>({
      class: secret ? 'secret' : 'configuration',
      rule,
      title: textOf(check['check_name'], 300) ?? rule,
      severity: severityOf(check['severity']),
      cwe: secret ? [798] : undefined,
      help: webAddress(check['guideline']),
      // The resource of a secret is its digest without a key.
      resource: secret ? undefined : resourceOf(file, textOf(check['resource'], 400)),
      path: file,
      line: wholeOf(lines[0], 1),
      endLine: wholeOf(lines[1], 1),
    }),
  };
}

/** Paths are relative to the folder that was scanned, with a slash before them. */
function inTree(path: string | undefined): string | undefined {
  return path?.replace(/^\/+/, '');
}

/** The address alone is not unique: two folders may each have an `aws_s3_bucket.logs`. */
function resourceOf(file: string | undefined, address: string | undefined): string | undefined {
  return address === undefined ? undefined : `${file?.replace(/[^/]*$/, '') ?? ''}${address}`;
}
