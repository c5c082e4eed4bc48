import type { FindingClass } from '@throughline/contracts';
import type { RawFinding } from '../../raw.ts';
import { cut, objectOf, objectsOf, present, textOf, wholeOf, type Foreign } from '../../foreign.ts';
import { isMasked } from '../../masked.ts';
import { flowOf, wayOf } from './sarif-flow.ts';
import { pathOf, type PathContext } from './sarif-path.ts';
import { cwesOf, idOf, ruleOf, severityOfResult, type RuleContext } from './sarif-rule.ts';
import { normaliseSnippet } from '../../snippet.ts';

/** What the results of one SARIF run have in common. */
export interface SarifContext extends RuleContext, PathContext {
  /** What the tool looks for: SARIF itself has no classes. */
  readonly class: FindingClass;
  /** `run.artifacts`, for results that name a file by its index. */
  readonly artifacts?: readonly Foreign[];
  /** `globalMessageStrings` of the driver, for messages that are only referred to. */
  readonly messages?: Foreign;
}

/**
 * A SARIF 2.1.0 result as a finding; undefined when it reports no problem (another kind than `fail`, or only in the
 * baseline). A suppression in the report silences nothing: accepting a risk has one door, and it is not the scanned tree.
 */
export function findingFromSarifResult(result: unknown, context: SarifContext): RawFinding | undefined {
  const body = objectOf(result);
  if (!body || (textOf(body['kind'], 32) ?? 'fail') !== 'fail' || body['baselineState'] === 'absent') return undefined;
  const rule = ruleOf(body, context);
  const id = idOf(body) ?? textOf(rule?.['id'], 200) ?? 'unnamed';
  const message = context.class === 'secret' ? undefined : messageOf(body, rule, context.messages);
  const flow = flowOf(body);
  // A result that says no place of its own lies where its flow ends.
  const place = objectsOf(body['locations'], 1)[0] ?? flow.at(-1);
  const snippet = snippetOf(place);
  const cwe = cwesOf(body, rule, context);
  return present<RawFinding>({
    class: context.class,
    rule: id,
    title: titleOf(rule, message) ?? id,
    description: withWay(message ?? described(rule, 'fullDescription', 2000), context.class === 'secret' ? [] : flow, context),
    severity: severityOfResult(body, rule, context),
    cwe: cwe.length === 0 ? undefined : cwe,
    help: webAddress(rule?.['helpUri']),
    ...placeOf(place, context, snippet),
    fingerprints: fingerprintsOf(body),
    // The snippet of a secret is the secret: it is traced by whoever holds the key, and goes nowhere else.
    secret: context.class === 'secret' && snippet !== undefined && !isMasked(snippet) ? snippet : undefined,
    resource: context.class === 'configuration' ? resourceOf(place) : undefined,
    confidence: confidenceOf(body, rule),
  });
}

/** How a value comes to the place, behind what is said of it. */
function withWay(text: string | undefined, flow: readonly Foreign[], context: SarifContext): string | undefined {
  const way = wayOf(flow, (step) => pathOf(artifactOf(objectOf(step['physicalLocation']), context), context));
  if (way === undefined) return text;
  const said = cut(`Flow: ${way}`, 600);
  return text === undefined ? said : `${cut(text, 1999 - said.length)}\n${said}`;
}

function titleOf(rule: Foreign | undefined, message: string | undefined): string | undefined {
  return (
    described(rule, 'shortDescription', 300) ?? firstLine(message) ?? described(rule, 'fullDescription', 300) ?? textOf(rule?.['name'], 300)
  );
}

function described(rule: Foreign | undefined, field: string, max: number): string | undefined {
  return textOf(objectOf(rule?.[field])?.['text'], max);
}

function firstLine(text: string | undefined): string | undefined {
  return text === undefined ? undefined : cut(text.split('\n', 1)[0]!, 300);
}

/** The message text, from the rule or the tool when it is only referred to, with its `{0}` filled in and its links as text. */
function messageOf(result: Foreign, rule: Foreign | undefined, messages: Foreign | undefined): string | undefined {
  const message = objectOf(result['message']);
  const id = textOf(message?.['id'], 200);
  const stored = [objectOf(rule?.['messageStrings']), messages].map((strings) =>
    id !== undefined && strings && Object.hasOwn(strings, id) ? objectOf(strings[id])?.['text'] : undefined,
  );
  const text = [message?.['text'], ...stored, message?.['markdown']].map((one) => textOf(one, 2000)).find((one) => one !== undefined);
  const values = Array.isArray(message?.['arguments']) ? message['arguments'] : [];
  return text === undefined ? undefined : cut(unlinked(values.length === 0 ? text : filled(text, values)), 2000);
}

/** Doubled braces stand for single ones. */
function filled(text: string, values: readonly unknown[]): string {
  return text.replace(/\{\{|\}\}|\{(\d{1,2})\}/g, (whole, index?: string) =>
    index === undefined ? whole.slice(1) : (textOf(values[Number(index)], 500) ?? whole),
  );
}

/** `[user input](1)` leads to a related location, which nobody can follow from a text. */
function unlinked(text: string): string {
  return text.replace(/\[((?:\\.|[^\\[\]]){0,500})\]\(\d{1,6}\)/g, (_, words: string) => words.replace(/\\([\\[\]])/g, '$1'));
}

function placeOf(
  place: Foreign | undefined,
  context: SarifContext,
  snippet: string | undefined,
): Pick<RawFinding, 'path' | 'line' | 'column' | 'snippet'> {
  const physical = objectOf(place?.['physicalLocation']);
  const path = pathOf(artifactOf(physical, context), context);
  if (path === undefined) return {};
  const region = objectOf(physical?.['region']);
  return present<Pick<RawFinding, 'path' | 'line' | 'column' | 'snippet'>>({
    path,
    line: wholeOf(region?.['startLine'], 1),
    column: wholeOf(region?.['startColumn'], 1),
    snippet: context.class === 'secret' || snippet === undefined ? undefined : normaliseSnippet(snippet),
  });
}

function artifactOf(physical: Foreign | undefined, context: SarifContext): Foreign | undefined {
  const artifact = objectOf(physical?.['artifactLocation']);
  if (artifact === undefined || artifact['uri'] !== undefined) return artifact;
  const index = wholeOf(artifact['index'], 0);
  return index === undefined ? undefined : objectOf(context.artifacts?.[index]?.['location']);
}

function snippetOf(place: Foreign | undefined): string | undefined {
  const physical = objectOf(place?.['physicalLocation']);
  const region = objectOf(physical?.['region']) ?? objectOf(physical?.['contextRegion']);
  return textOf(objectOf(region?.['snippet'])?.['text'], 4000);
}

/** Fingerprints under their own name, the partial ones, which say nothing about the file, behind `partial:`. */
function fingerprintsOf(result: Foreign): Readonly<Record<string, string>> | undefined {
  const whole = Object.entries(objectOf(result['fingerprints']) ?? {});
  const partial = Object.entries(objectOf(result['partialFingerprints']) ?? {}).map(([name, value]) => [`partial:${name}`, value] as const);
  const usable = [...whole, ...partial].slice(0, 20).flatMap(([name, value]) => {
    const text = textOf(value, 512);
    return text === undefined || name.length > 128 ? [] : [[name, text] as const];
  });
  return usable.length === 0 ? undefined : Object.fromEntries(usable);
}

function resourceOf(place: Foreign | undefined): string | undefined {
  return textOf(objectsOf(place?.['logicalLocations'], 1)[0]?.['fullyQualifiedName'], 512);
}

function confidenceOf(result: Foreign, rule: Foreign | undefined): string | undefined {
  const properties = objectOf(result['properties']) ?? {};
  const own = Object.entries(properties).find(([name]) => /confidence$/i.test(name))?.[1];
  return (textOf(own, 32) ?? textOf(objectOf(rule?.['properties'])?.['precision'], 32))?.toLowerCase();
}

function webAddress(value: unknown): string | undefined {
  const address = textOf(value, 1024);
  return address !== undefined && /^https?:\/\//i.test(address) ? address : undefined;
}
