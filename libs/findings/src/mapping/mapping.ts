import type { FindingClass } from '@throughline/contracts';
import { findingClasses } from '../finding-classes.ts';
import type { MappingNode } from './node.ts';
import { endsInAll, pathOf, scalarText, type Path } from './path.ts';
import { valueOf, type Value } from './value.ts';
import { elementsPath } from './xpath.ts';
import { conditionOf, type Condition } from './condition.ts';

/** Fields of a finding that a mapping may say. */
export const findingFields = [
  ...['class', 'rule', 'title', 'severity', 'description', 'cwe', 'help', 'path', 'line', 'endLine', 'column'],
  ...['resource', 'confidence', 'secret', 'snippet', 'fingerprint', 'hides'],
] as const;
export const packageFields = ['name', 'version', 'purl', 'ecosystem', 'purlType', 'ids', 'fixedIn', 'cvss'] as const;

const syntaxes = ['json', 'csv', 'xml'] as const;
const documentKinds = ['one', 'many'] as const;
const nothings = ['list', 'object', 'scalar'] as const;
const fieldsOfMapping = [
  ...(['name', 'title', 'finds', 'syntax', 'documents', 'recognise', 'nothing', 'tool', 'results', 'each', 'holds', 'mayBeNull'] as const),
  ...(['leaveOut', 'ignored', 'unread', 'needs', 'finding', 'package'] as const),
] as const;

/** What only documents have that are no tables. */
const ofTrees = ['documents', 'nothing', 'tool', 'results', 'each', 'holds', 'mayBeNull', 'unread'] as const;

/** What XML has no use for. */
const notOfXml = ['documents', 'nothing', 'tool', 'mayBeNull'] as const;

/** A format as a mapping declares it, checked. */
export interface Mapping {
  readonly name: string;
  readonly title: string;
  readonly finds: readonly FindingClass[];
  readonly syntax: (typeof syntaxes)[number];
  /** `many`: documents follow each other, as in NDJSON. */
  readonly documents: (typeof documentKinds)[number];
  /** Any of these, each with all of its paths, tells the format. */
  readonly recognise: readonly (readonly string[])[];
  readonly nothing: readonly (typeof nothings)[number][];
  readonly tool: readonly string[];
  readonly results: readonly string[];
  /** Where one result lists several findings: each is read beside what the result says of all of them. */
  readonly each: Path | undefined;
  /** A report without any of these is none of the format. */
  readonly holds: readonly string[];
  /** The tool writes `null` there where it found nothing. */
  readonly mayBeNull: boolean;
  /** Results that are no problem: a check that passed. */
  readonly leaveOut: Condition | undefined;
  /** Results that the tool was told to pass over: they open and close nothing. */
  readonly ignored: Condition | undefined;
  /** Places that tell of what the tool could not look at: whatever stands there, or one of these words. */
  readonly unread: ReadonlyMap<string, ReadonlySet<string> | undefined>;
  readonly needs: readonly string[];
  readonly fields: ReadonlyMap<string, Value>;
  readonly packageFields: ReadonlyMap<string, Value>;
}

/** Reads a mapping; what is wrong with it is told to the node. */
export function mappingOf(node: MappingNode): Mapping {
  const root = node.isObject && (node.value as { readonly syntax?: unknown }).syntax === 'xml' ? node.inXml() : node;
  const member = root.members(fieldsOfMapping);
  const name = member('name').text(50);
  if (!/^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/.test(name)) member('name').refuse('must be lower-case words joined by hyphens, e.g. kube-bench');
  const syntax = member('syntax').present ? member('syntax').oneOf(syntaxes) : 'json';
  if (syntax === 'csv')
    for (const one of ofTrees) if (member(one).present) member(one).refuse('has no meaning in CSV: each row is a result');
  if (syntax === 'xml') for (const one of notOfXml) if (member(one).present) member(one).refuse('has no meaning in XML');
  const results = syntax === 'csv' ? [] : selectors(member('results'), 12);
  const fields = fieldsIn(member('finding'), findingFields);
  for (const field of ['class', 'rule', 'title'] as const) if (!fields.has(field)) member('finding').refuse(`must say the ${field}`);
  const packages = member('package').present ? fieldsIn(member('package'), packageFields) : new Map<string, Value>();
  if (member('package').present && !packages.has('name')) member('package').refuse('must say the name');
  return {
    name,
    title: member('title').text(100),
    finds: member('finds')
      .several(findingClasses.length)
      .map((each) => each.oneOf(findingClasses)),
    syntax,
    documents: member('documents').present ? member('documents').oneOf(documentKinds) : 'one',
    recognise: recognition(member('recognise'), syntax === 'csv' ? columns : selectors),
    nothing: member('nothing').present
      ? member('nothing')
          .several(3)
          .map((each) => each.oneOf(nothings))
      : [],
    tool: member('tool').present ? selectors(member('tool'), 5) : [],
    results,
    each: member('each').present ? listed(member('each')) : undefined,
    holds: member('holds').present ? selectors(member('holds'), 10) : results.map((selector) => above(selector, syntax)),
    mayBeNull: member('mayBeNull').present && member('mayBeNull').flag(),
    leaveOut: member('leaveOut').present ? conditionOf(member('leaveOut')) : undefined,
    ignored: member('ignored').present ? conditionOf(member('ignored')) : undefined,
    unread: member('unread').present ? unreadAt(member('unread')) : new Map(),
    needs: member('needs').present ? needed(member('needs'), fields, packages) : ['rule'],
    fields,
    packageFields: packages,
  };
}

function fieldsIn(node: MappingNode, known: readonly string[]): ReadonlyMap<string, Value> {
  const member = node.members(known);
  return new Map(known.flatMap((field): readonly [string, Value][] => (member(field).present ? [[field, valueOf(member(field))]] : [])));
}

/** One list of paths or columns, or a list of such lists of which any will do. */
function recognition(node: MappingNode, marks: (node: MappingNode, max: number) => readonly string[]): readonly (readonly string[])[] {
  const items = node.items(10);
  if (items.length === 0) node.refuse('must name what tells the format from others');
  return items.some((item) => item.isList) ? items.map((item) => marks(item, 10)) : [marks(node, 10)];
}

/** Columns of a table, as the beginning of a report shows them. */
function columns(node: MappingNode, max: number): readonly string[] {
  return node.several(max).map((each) => `,${each.text(200)}`);
}

function selectors(node: MappingNode, max: number): readonly string[] {
  return node.several(max).map((each) => selector(each, each.text(200)));
}

/** Where results lie: a document that is one result is all there is. */
function above(selector: string, syntax: Mapping['syntax']): string {
  return syntax === 'xml' ? selector.replace(/\/[^/]*$/, '') || selector : selector.replace(/\.\*$/, '');
}

function selector(node: MappingNode, text: string): string {
  if (node.paths === 'xml') {
    if (!/^(?:\/[A-Za-z_][\w.-]*)+$/.test(text)) node.refuse('must be a path of elements from the root, e.g. /checkstyle/file');
    return text;
  }
  // Keys with a dot in them are not told apart from two keys; `*` stands for such a key.
  if (!/^\$(?:\.(?:\*|[\w$@/:;+=, -]+))*$/.test(text)) node.refuse('must be a path from the root, e.g. $.results.*');
  return text;
}

/** Paths, or mappings of paths to the words that say it. */
function unreadAt(node: MappingNode): Mapping['unread'] {
  return new Map(
    node.several(5).flatMap((each): readonly (readonly [string, ReadonlySet<string> | undefined])[] => {
      if (!each.isObject) return [[selector(each, each.text(200)), undefined]];
      return each.entries(5).map(([path, words]) => {
        const said = words.several(20).map((word) => (scalarText(word.value) ?? word.text(200)).toLowerCase());
        return [selector(each, path), new Set(said)];
      });
    }),
  );
}

function listed(node: MappingNode): Path | undefined {
  if (node.paths === 'xml') {
    const elements = elementsPath(node.text(200));
    if (elements === undefined) node.refuse('must be a path of elements below the result, e.g. error');
    return elements;
  }
  const path = pathOf(node.text(200));
  if (path === undefined || !endsInAll(path)) node.refuse('must be a path to the members of a list or object, e.g. @.files[*]');
  return path;
}

function needed(node: MappingNode, fields: ReadonlyMap<string, Value>, packages: ReadonlyMap<string, Value>): readonly string[] {
  return node.several(10).map((each) => {
    const field = each.text(50);
    const said = field.startsWith('package.') ? packages.has(field.slice('package.'.length)) : fields.has(field);
    if (!said) each.refuse('must be a field that the mapping says');
    return field;
  });
}
