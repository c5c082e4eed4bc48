/** A version range in a TOML manifest, with its place in the text. */
export interface Spot {
  /** The table that holds it, and for a list the key: `project.dependencies`, `tool.poetry.group.dev.dependencies`. */
  readonly table: string;
  /** As it is written. */
  readonly name: string;
  /** Text of the range; empty when the package is named without one. */
  readonly range: string;
  readonly start: number;
}

/** Tables of which each key is a package. */
const packageTables =
  /^(?:tool\.poetry\.(?:group\.[^.]+\.)?(?:dev-)?dependencies|packages|dev-packages|(?!project$|tool\b|source$|requires$|scripts$|pipenv$|build-system$|dependency-groups$)[\w-]+)$/;
/** Tables, or keys of tables, that list requirements (PEP 508) as strings. */
const lists =
  /^(?:project\.dependencies|project\.optional-dependencies\.[^.]+|dependency-groups\.[^.]+|tool\.uv\.(?:dev-dependencies|constraint-dependencies)|tool\.pdm\.dev-dependencies\.[^.]+)$/;
const requirement = /^(\s*)([A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?)(\s*(?:\[[^\]]*\])?\s*\(?)([^;@()]*?)\s*\)?\s*(?:;|$)/;
const texts = /"((?:[^"\\]|\\.)*)"|'([^']*)'/g;

/** Every version range of a pyproject.toml or Pipfile that stands where it can be rewritten. */
export function spotsIn(text: string): readonly Spot[] {
  const spots: Spot[] = [];
  let table = '';
  let key = '';
  let depth = 0;
  let at = 0;
  for (const line of text.split('\n')) {
    const code = withoutComment(line);
    const header = depth === 0 ? /^\s*\[+\s*([^\]]+?)\s*\]+\s*$/.exec(code)?.[1] : undefined;
    if (header !== undefined) [table, key] = [header.replace(/\s*\.\s*/g, '.').replaceAll(/["']/g, ''), ''];
    else {
      const opened = depth === 0 ? /^(\s*)(?:"([^"]+)"|'([^']+)'|([\w.-]+))\s*=\s*/.exec(code) : null;
      if (opened) key = opened[2] ?? opened[3] ?? opened[4]!;
      const from = opened ? opened[0].length : 0;
      spots.push(...spotsOfLine(table, key, code.slice(from), at + from));
      depth = Math.max(0, depth + bracketsIn(code.slice(from)));
    }
    at += line.length + 1;
  }
  return spots;
}

function spotsOfLine(table: string, key: string, code: string, at: number): readonly Spot[] {
  if (lists.test(`${table}.${key}`)) return [...code.matchAll(texts)].flatMap((match) => listed(`${table}.${key}`, match, at));
  const own = packageTables.test(table);
  const [above, name] = own ? [table, key] : [table.slice(0, table.lastIndexOf('.')), table.slice(table.lastIndexOf('.') + 1)];
  if (name === '' || !packageTables.test(above) || (!own && key !== 'version')) return [];
  return ranges(own, code).map(({ range, start }) => ({ table: above, name, range, start: at + start }));
}

/** `name = "range"`, `name = { version = "range" }`, or several of those. */
function ranges(own: boolean, code: string): readonly { readonly range: string; readonly start: number }[] {
  const plain = /^\s*(?:"([^"\\]*)"|'([^']*)')\s*,?\s*$/.exec(code);
  if (plain) return [{ range: plain[1] ?? plain[2]!, start: code.search(/["']/) + 1 }];
  if (!own) return [];
  return [...code.matchAll(/\bversion\s*=\s*(?:"([^"\\]*)"|'([^']*)')/g)].map((match) => ({
    range: match[1] ?? match[2]!,
    start: match.index + match[0].search(/["']/) + 1,
  }));
}

function listed(table: string, match: RegExpExecArray, at: number): readonly Spot[] {
  const text = match[1] ?? match[2]!;
  const read = requirement.exec(text);
  if (!read || text.includes('\\')) return [];
  const [, space, name, extras, range] = read;
  return [{ table, name: name!, range: range!, start: at + match.index + 1 + space!.length + name!.length + extras!.length }];
}

function withoutComment(line: string): string {
  const match = /^(?:[^#"']|"(?:[^"\\]|\\.)*"|'[^']*')*/.exec(line)![0];
  return line[match.length] === '#' ? match : line;
}

function bracketsIn(code: string): number {
  const bare = code.replace(texts, '');
  return [...bare].reduce((sum, sign) => sum + ('[{'.includes(sign) ? 1 : ']}'.includes(sign) ? -1 : 0), 0);
}
