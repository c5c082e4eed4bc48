import { Problem, type SqlFilter } from '@throughline/service';

/** What a parameter with several values asks for. */
export interface Wanted {
  readonly some: readonly string[];
  readonly none: readonly string[];
}

const mostValues = 50;

/** Takes `a,b,!c` apart; undefined when nothing is asked for. */
export function wantedIn(parameter: string | undefined, most = mostValues): Wanted | undefined {
  const values = (parameter ?? '').split(',').flatMap((value) => value.trim() || []);
  if (values.length === 0) return undefined;
  if (values.length > most) throw new Problem(400, 'invalid', `a filter takes at most ${most} values`);
  return {
    some: values.filter((value) => !value.startsWith('!')),
    none: values.flatMap((value) => (value.startsWith('!') ? value.slice(1) : [])),
  };
}

/** The values in their canonical spelling; a `Problem` names the parameter when one has none. */
export function spelled(name: string, wanted: Wanted, spell: (value: string) => readonly string[] | undefined): Wanted {
  const each = (value: string): readonly string[] => {
    const values = spell(value);
    if (values === undefined)
      throw new Problem(400, 'invalid', `${name} has no value ${JSON.stringify(value.slice(0, 100))}`, [
        { pointer: `/${name}`, detail: 'is not known' },
      ]);
    return values;
  };
  return { some: wanted.some.flatMap(each), none: wanted.none.flatMap(each) };
}

/** Adds `column` in and not in; the type is that of the column. */
export function addWanted(filter: SqlFilter, column: string, type: string, wanted: Wanted): void {
  if (wanted.some.length > 0) filter.and(`${column} = any(${filter.param(wanted.some)}::${type}[])`);
  if (wanted.none.length > 0) filter.and(`(${column} is null or ${column} <> all(${filter.param(wanted.none)}::${type}[]))`);
}

/** Text for `like`, with its special characters as themselves. */
export function likeText(text: string): string {
  return text.replace(/[\\%_]/g, (char) => `\\${char}`);
}
