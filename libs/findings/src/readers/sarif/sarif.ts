import type { FindingClass } from '@throughline/contracts';
import { objectOf, objectsOf, textOf, type Foreign } from '../../foreign.ts';
import { jsonItems, type Seen } from '../../json/json-items.ts';
import { jsonLimits } from '../../json/json-scanner.ts';
import { rejected } from '../fields.ts';
import type { Head } from '../head.ts';
import type { OpenReport, ReadLine, ReportReader } from '../reader.ts';
import { ReportRefused } from '../report-refused.ts';
import { brokeOff, classOfRule, classOfTool } from './sarif-class.ts';
import { findingFromSarifResult, type SarifContext } from './sarif-result.ts';
import { idOf, ruleOf } from './sarif-rule.ts';

/** SARIF 2.1.0 of any tool. */
export const sarif: ReportReader = {
  name: 'sarif',
  title: 'SARIF 2.1.0',
  finds: ['code', 'secret', 'configuration', 'vulnerability', 'licence'],
  passes: 2,
  marks: ['$.version', '$.$schema', '$.runs.*.tool.driver.name'],
  recognises: (head) => head.kindOf('$.runs') === 'list' || isSarif(head.value('$.version'), head.value('$.$schema')),
  toolOf: (head: Head) => textOf(head.value('$.runs.*.tool.driver.name'), 64),
  read,
};

/** What the results of a run refer to; it may stand after them. */
interface RunContext {
  name?: string;
  readonly rules: Foreign[];
  readonly extensions: { name?: string; guid?: string; readonly rules: Foreign[] }[];
  readonly artifacts: Foreign[];
  readonly taxonomies: { name?: string; guid?: string; readonly rules: Foreign[] }[];
  overrides: readonly (readonly Foreign[])[];
  baseUris?: Foreign;
  messages?: Foreign;
  brokeOff: boolean;
}

const driver = '$.runs.*.tool.driver';
const extension = '$.runs.*.tool.extensions.*';
const taxonomy = '$.runs.*.taxonomies.*';
const context = [
  ...['$.version', '$.$schema', `${driver}.name`, `${driver}.rules.*`, `${extension}.name`, `${extension}.guid`, `${extension}.rules.*`],
  ...['$.runs.*.originalUriBaseIds', '$.runs.*.artifacts.*', '$.runs.*.invocations', '$.runs.*.externalPropertyFileReferences'],
  ...[
    `${driver}.globalMessageStrings`,
    `${taxonomy}.name`,
    `${taxonomy}.guid`,
    `${taxonomy}.taxa.*`,
    '$.inlineExternalProperties.*.results.*',
  ],
];

async function* read(open: OpenReport): AsyncIterable<ReadLine> {
  const runs = await contextOf(open());
  if (runs.some((run) => run?.brokeOff)) yield { unread: {} };
  const contexts = Array.from(runs, (run) => sarifContext(run ?? newRun()));
  const seen: Seen = new Map();
  for await (const { path, value } of jsonItems(open(), ['$.runs.*.results.*'], { seen })) {
    const context = contexts[path[1] as number] ?? sarifContext(newRun());
    const body = objectOf(value);
    if (!body) yield rejected(path, 'a result must be an object');
    const finding = body && findingFromSarifResult(body, { ...context, class: classOf(body, context) });
    if (finding) yield { finding };
  }
  // A tool that looked and found nothing says so with an empty list (SARIF 2.1.0 section 3.14.23).
  if (seen.has('$.runs.*') && seen.get('$.runs.*.results') !== 'list') yield { unread: {} };
}

async function contextOf(report: AsyncIterable<Uint8Array>): Promise<readonly (RunContext | undefined)[]> {
  const runs: (RunContext | undefined)[] = [];
  const seen: Seen = new Map();
  let [version, schema]: unknown[] = [];
  for await (const { selector, path, value } of jsonItems(report, context, { seen, limits: { ...jsonLimits, maxItems: 1_000_000 } })) {
    if (selector === '$.version') version = value;
    else if (selector === '$.$schema') schema = value;
    else if (selector.startsWith('$.inline'))
      throw new ReportRefused('results lie beside its runs: send them within', { pointer: '/inlineExternalProperties' });
    else note((runs[path[1] as number] ??= newRun()), selector, path, value);
  }
  if (seen.get('$.runs') !== 'list' || !isSarif(version, schema))
    throw new ReportRefused('this is no SARIF 2.1.0', { pointer: '/version' });
  return runs;
}

function note(run: RunContext, selector: string, path: readonly (string | number)[], value: unknown): void {
  const object = objectOf(value) ?? {};
  const ofTaxonomy = selector.startsWith(taxonomy) ? (run.taxonomies[path[3] as number] ??= { rules: [] }) : undefined;
  const of = ofTaxonomy ?? (selector.startsWith(extension) ? (run.extensions[path[4] as number] ??= { rules: [] }) : undefined);
  if (selector === `${driver}.name`) run.name = textOf(value, 200);
  else if (selector === `${driver}.rules.*`) run.rules[path[5] as number] = described(object);
  else if (selector === `${driver}.globalMessageStrings`) run.messages = object;
  else if (of && selector.endsWith('.name')) of.name = textOf(value, 200);
  else if (of && selector.endsWith('.guid')) of.guid = textOf(value, 200);
  else if (ofTaxonomy) ofTaxonomy.rules[path[5] as number] = { id: object['id'], guid: object['guid'] };
  else if (selector === `${extension}.rules.*`) of!.rules[path[6] as number] = described(object);
  else if (selector.endsWith('originalUriBaseIds')) run.baseUris = object;
  else if (selector.endsWith('artifacts.*')) run.artifacts[path[3] as number] = { location: object['location'] };
  else if (selector.endsWith('invocations')) noteInvocations(run, value);
  else if (object['results'] !== undefined)
    throw new ReportRefused('its results lie in other files: send them in one', { pointer: '/runs' });
}

function noteInvocations(run: RunContext, invocations: unknown): void {
  run.brokeOff ||= brokeOff(invocations);
  run.overrides = objectsOf(invocations, 100).map((invocation) => objectsOf(invocation['ruleConfigurationOverrides'], 10_000));
}

/** What findings take from a rule; the long texts of thousands of rules are not kept. */
function described(rule: Foreign): Foreign {
  const { id, guid, name, shortDescription, fullDescription, helpUri, defaultConfiguration, messageStrings, properties, relationships } =
    rule;
  return { id, guid, name, shortDescription, fullDescription, helpUri, defaultConfiguration, messageStrings, properties, relationships };
}

function sarifContext(run: RunContext): SarifContext {
  return {
    class: classOfTool(run.name),
    driver: { rules: run.rules },
    extensions: Array.from(run.extensions, (one) => one ?? { rules: [] }),
    artifacts: run.artifacts,
    overrides: run.overrides,
    taxonomies: Array.from(run.taxonomies, (one) => one ?? { rules: [] }),
    ...(run.messages && { messages: run.messages }),
    ...(run.baseUris && { baseUris: run.baseUris }),
  };
}

function classOf(result: Foreign, context: SarifContext): FindingClass {
  const rule = ruleOf(result, context);
  return classOfRule(idOf(result) ?? textOf(rule?.['id'], 200), rule, context.class);
}

function isSarif(version: unknown, schema: unknown): boolean {
  const named = textOf(version, 32);
  return named === undefined ? /sarif(?:-schema)?-2\.1/i.test(textOf(schema, 512) ?? '') : named.startsWith('2.1.');
}

function newRun(): RunContext {
  return { rules: [], extensions: [], artifacts: [], taxonomies: [], overrides: [], brokeOff: false };
}
