import type { MappingNode } from './node.ts';
import { scalarText } from './path.ts';
import { begins, valueOf } from './value.ts';

/** Whether something holds for a result. */
export type Condition = (result: unknown) => boolean;

const mostConditions = 20;
const mostWords = 100;

/**
 * Reads a condition: a mapping of paths to what they may say (`'@.status': [PASS, INFO]`), of which all
 * must hold, or a list of such mappings of which any must.
 */
export function conditionOf(node: MappingNode): Condition {
  if (!node.isList) return allOf(node);
  const any = node.items(mostConditions).map(allOf);
  return (result) => any.some((condition) => condition(result));
}

function allOf(node: MappingNode): Condition {
  const entries = node.entries(mostConditions);
  if (entries.length === 0) node.refuse('says nothing');
  const all = entries.map(([path, wanted]) => {
    if (!begins(node).test(path)) wanted.refuse('must stand beside a path such as @.status');
    return holdsAt(path, wanted);
  });
  return (result) => all.every((condition) => condition(result));
}

function holdsAt(path: string, wanted: MappingNode): Condition {
  const value = valueOf(wanted.named(path));
  const words = new Set(wanted.several(mostWords).map((word) => (scalarText(word.value) ?? word.text(200)).toLowerCase()));
  return (result) => value(result).some((one) => words.has(scalarText(one)?.toLowerCase() ?? ''));
}
