import type { Severity } from '@throughline/contracts';
import { jsonItems, type Seen } from '../../json/json-items.ts';
import { jsonLimits } from '../../json/json-scanner.ts';
import type { RawFinding } from '../../raw.ts';
import { at, objectOf, objectsOf, present, rejected, severityOf, textOf, type Foreign } from '../fields.ts';
import type { OpenReport, ReadLine, ReportReader } from '../reader.ts';
import { pointerOf, ReportRefused } from '../report-refused.ts';

/** `kubescape scan --format json`. Each rule of a control that failed for a resource is a finding. */
export const kubescape: ReportReader = {
  name: 'kubescape',
  title: 'Kubescape JSON',
  finds: ['configuration'],
  passes: 2,
  marks: [
    '$.summaryDetails',
    '$.results.*.resourceID',
    '$.results.*.controls',
    '$.resources.*.resourceID',
    '$.customerGUID',
    '$.clusterName',
  ],
  recognises: (head) =>
    head.has('$.results.*.resourceID', '$.results.*.controls') ||
    head.has('$.summaryDetails', '$.customerGUID') ||
    head.has('$.resources.*.resourceID', '$.customerGUID'),
  read,
};

interface Control {
  readonly severity: Severity;
  readonly description: string | undefined;
}

interface Known {
  readonly controls: ReadonlyMap<string, Control>;
  /** Ids of resources, by the pointer of their result. */
  readonly resources: ReadonlyMap<string, string>;
  /** Files of resources, by their id. */
  readonly files: ReadonlyMap<string, string>;
}

async function* read(open: OpenReport): AsyncIterable<ReadLine> {
  const seen: Seen = new Map();
  const known = await knownOf(open(), seen);
  for await (const { path, value } of jsonItems(open(), ['$.results.*.controls.*'], { seen })) {
    const control = objectOf(value);
    if (!control) yield rejected(path, 'a control must be an object');
    else yield* linesOf(control, path, known);
  }
  if (!seen.has('$.results') || !seen.has('$.summaryDetails'))
    throw new ReportRefused('this is no report of Kubescape', { pointer: '/results' });
}

async function knownOf(report: AsyncIterable<Uint8Array>, seen: Seen): Promise<Known> {
  const controls = new Map<string, Control>();
  const resources = new Map<string, string>();
  const ids = new Map<string, string>();
  const paths = new Map<string, string>();
  const selectors = [
    '$.summaryDetails.controls.*',
    '$.results.*.resourceID',
    ...['resourceID', 'source.relativePath', 'object.sourcePath'].map((field) => `$.resources.*.${field}`),
  ];
  for await (const { selector, path, value } of jsonItems(report, selectors, { seen, limits: { ...jsonLimits, maxItems: 1_000_000 } })) {
    const owner = pointerOf(path.slice(0, 2));
    const text = textOf(value, 1024);
    if (selector === selectors[0]) controls.set(String(path[2]), controlOf(objectOf(value) ?? {}));
    else if (text === undefined) continue;
    else if (selector === selectors[1]) resources.set(owner, text);
    else if (selector === selectors[2]) ids.set(owner, text);
    else if (selector === selectors[3] || !paths.has(owner)) paths.set(owner, text.replace(/:\d+$/, ''));
  }
  const files = new Map([...ids].flatMap(([owner, id]) => (paths.has(owner) ? [[id, paths.get(owner)!] as const] : [])));
  return { controls, resources, files };
}

function controlOf(summary: Foreign): Control {
  const score = typeof summary['scoreFactor'] === 'number' ? summary['scoreFactor'] : undefined;
  const texts = [summary['description'], summary['remediation']].flatMap((text) => textOf(text, 1000) ?? []);
  return {
    severity: textOf(summary['severity'], 20) === undefined ? ofScore(score) : severityOf(summary['severity']),
    description: texts.length === 0 ? undefined : texts.join('\n'),
  };
}

/** As Kubescape itself puts its factors into words. */
function ofScore(score: number | undefined): Severity {
  if (score === undefined) return 'medium';
  return score >= 9 ? 'critical' : score >= 7 ? 'high' : score >= 4 ? 'medium' : score >= 1 ? 'low' : 'info';
}

function* linesOf(control: Foreign, path: readonly (string | number)[], { controls, resources, files }: Known): Iterable<ReadLine> {
  const rule = textOf(control['controlID'], 200);
  const resource = resources.get(pointerOf(path.slice(0, 2)));
  // Reports of older versions say it of the rules only.
  const status = textOf(at(control['status'], 'status'), 20) ?? textOf(control['status'], 20);
  if (status !== undefined && status !== 'failed') return;
  if (rule === undefined || resource === undefined) {
    yield rejected(path, 'a control has an id (controlID) and its result a resource (resourceID)');
    return;
  }
  const known = controls.get(rule);
  for (const failed of objectsOf(control['rules']).filter((one) => textOf(one['status'], 20) === 'failed')) {
    const places = objectsOf(failed['paths'], 5).flatMap(
      (one) => textOf(one['failedPath'], 150) ?? textOf(at(one['fixPath'], 'path'), 150) ?? [],
    );
    yield {
      finding: present<RawFinding>({
        class: 'configuration',
        rule,
        title: textOf(control['name'], 300) ?? rule,
        description: textOf(
          [known?.description, places.length > 0 ? `At ${places.join(', ')}` : undefined].filter(Boolean).join('\n'),
          2000,
        ),
        severity: known?.severity ?? 'medium',
        help: `https://hub.armosec.io/docs/${encodeURIComponent(rule.toLowerCase())}`,
        path: files.get(resource),
        resource: resource.slice(0, 500),
      }),
    };
  }
}
