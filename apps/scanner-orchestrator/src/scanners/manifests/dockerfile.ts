import type { RawFinding } from '../scanner.ts';

const dockerfile = /(?:^|\/)(?:(?:docker|container)file(?:\.[^/]+)?|[^/]+\.(?:docker|container)file)$/i;

export function isDockerfile(path: string): boolean {
  return dockerfile.test(path) && !path.toLowerCase().endsWith('.dockerignore');
}

/** A finding when the last stage ends without a user of its own, or as root. */
export function rootImage(path: string, text: string): RawFinding | undefined {
  const last = lastStage(instructions(text));
  if (!last || last.base.toLowerCase() === 'scratch' || /nonroot/i.test(last.base)) return undefined;
  if (last.user !== undefined && !isRoot(last.user)) return undefined;
  return {
    class: 'configuration',
    rule: 'root-container',
    title: last.user === undefined ? 'The image names no user: it runs as root' : 'The image runs as root',
    description: 'Add a USER with a numeric id to the last stage.',
    severity: 'medium',
    cwe: [250],
    path,
    line: last.line,
    resource: path,
  };
}

interface Instruction {
  readonly line: number;
  readonly word: string;
  readonly rest: string;
}

interface Stage {
  readonly base: string;
  readonly user: string | undefined;
  readonly line: number;
}

/** A stage that starts from another one of the file keeps its user. */
function lastStage(all: readonly Instruction[]): Stage | undefined {
  const named = new Map<string, Stage>();
  let current: (Stage & { name?: string }) | undefined;
  for (const { line, word, rest } of all) {
    if (word === 'FROM') {
      const [, base = '', name] = /^(?:--\S+\s+)*(\S+)(?:\s+AS\s+(\S+))?/i.exec(rest) ?? [];
      const parent = named.get(base.toLowerCase());
      current = { base: parent?.base ?? base, user: parent?.user, line, ...(name !== undefined && { name: name.toLowerCase() }) };
    } else if (word === 'USER' && current) {
      current = { ...current, user: rest.trim(), line };
    }
    if (current?.name !== undefined) named.set(current.name, current);
  }
  return current;
}

function isRoot(user: string): boolean {
  return /^(?:root|0+)(?::|$)/i.test(user);
}

function instructions(text: string): readonly Instruction[] {
  const found: Instruction[] = [];
  let open: { line: number; content: string } | undefined;
  text.split(/\r?\n/).forEach((part, index) => {
    if (/^\s*#/.test(part)) return;
    open = open ? { line: open.line, content: `${open.content} ${part}` } : { line: index + 1, content: part };
    if (open.content.trimEnd().endsWith('\\')) {
      open.content = open.content.trimEnd().slice(0, -1);
      return;
    }
    const [, word, rest] = /^\s*([A-Za-z]+)\s+(.*)$/.exec(open.content) ?? [];
    if (word !== undefined && rest !== undefined) found.push({ line: open.line, word: word.toUpperCase(), rest });
    open = undefined;
  });
  return found;
}
