import type { Document, Node } from 'yaml';
import type { RawFinding } from '../scanner.ts';
import { checksOf, type Check } from './checks.ts';

type Fields = Readonly<Record<string, unknown>>;

const mostDocuments = 1000;

/** Where a kind keeps its pod, as path from the root of the object. */
const podPaths: Readonly<Record<string, readonly string[]>> = {
  Pod: [],
  PodTemplate: ['template'],
  Deployment: ['spec', 'template'],
  StatefulSet: ['spec', 'template'],
  DaemonSet: ['spec', 'template'],
  ReplicaSet: ['spec', 'template'],
  ReplicationController: ['spec', 'template'],
  Job: ['spec', 'template'],
  CronJob: ['spec', 'jobTemplate', 'spec', 'template'],
};

/** The findings of all workloads in a YAML or JSON file; templates that are no YAML yet have none. */
export async function workloadFindings(path: string, text: string): Promise<readonly RawFinding[]> {
  const { LineCounter, parseAllDocuments } = await import('yaml');
  const counter = new LineCounter();
  const documents = parseAllDocuments(text, { lineCounter: counter, logLevel: 'error', uniqueKeys: false });
  const findings: RawFinding[] = [];
  for (const document of [...documents].slice(0, mostDocuments)) {
    if (document.errors.length > 0) continue;
    const lineAt = (at: readonly (string | number)[]): number => lineOf(document, at, (offset) => counter.linePos(offset).line);
    const root = plain(document);
    const objects =
      root?.['kind'] === 'List' && Array.isArray(root['items'])
        ? root['items'].map((item, i) => [item, ['items', i]] as const)
        : [[root, []] as const];
    for (const [object, at] of objects) findings.push(...ofObject(path, object, at, lineAt));
  }
  return findings;
}

function ofObject(
  path: string,
  object: unknown,
  at: readonly (string | number)[],
  lineAt: (at: readonly (string | number)[]) => number,
): readonly RawFinding[] {
  const fields = object as Fields | undefined;
  const kind = fields?.['kind'];
  if (typeof kind !== 'string' || typeof fields?.['apiVersion'] !== 'string' || !Object.hasOwn(podPaths, kind)) return [];
  const podPath = [...podPaths[kind]!, 'spec'];
  const spec = podPath.reduce<unknown>((value, key) => (value as Fields | undefined)?.[key], fields);
  if (typeof spec !== 'object' || spec === null) return [];
  const resource = resourceOf(kind, fields['metadata'] as Fields | undefined);
  return checksOf(spec as Fields).map((check) => findingOf(check, path, resource, lineAt([...at, ...podPath, ...check.at])));
}

function findingOf(check: Check, path: string, resource: string, line: number): RawFinding {
  const { rule, title, description, severity, cwe } = check;
  return {
    ...{ class: 'configuration', rule, title, description, severity, cwe: [cwe], path, line },
    resource: check.container === undefined ? resource : `${resource}/${check.container}`,
  };
}

/** `Deployment/shop/web`: stable when the file moves. */
function resourceOf(kind: string, metadata: Fields | undefined): string {
  const text = (value: unknown, otherwise: string): string => (typeof value === 'string' && value !== '' ? value.slice(0, 253) : otherwise);
  return `${kind}/${text(metadata?.['namespace'], 'default')}/${text(metadata?.['name'] ?? metadata?.['generateName'], 'unnamed')}`;
}

function plain(document: Document): Fields | undefined {
  try {
    const value: unknown = document.toJS({ maxAliasCount: 100 });
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;
  } catch {
    // More aliases than any manifest needs: a bomb, and no workload.
    return undefined;
  }
}

/** The line of the deepest part of the path that is there. */
function lineOf(document: Document, at: readonly (string | number)[], lineAt: (offset: number) => number): number {
  for (let depth = at.length; depth >= 0; depth -= 1) {
    const node = document.getIn(at.slice(0, depth), true) as Node | undefined;
    if (node?.range) return lineAt(node.range[0]);
  }
  return 1;
}
