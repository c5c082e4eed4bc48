import { removeMembers, type JsonMember, type JsonNode, type JsonObject } from './json-text.ts';
import type { TextEdit } from './text-edit.ts';

/**
 * Edits that turn a JSON value of the text into another: members that stay equal keep their bytes, new ones stand where
 * `after` has them.
 */
export function rewriteJson(text: string, node: JsonNode, after: unknown): readonly TextEdit[] {
  if (isEqual(node, after)) return [];
  const fields = fieldsOf(after);
  if (node.kind === 'object' && fields && keepsAny(node, fields)) return rewriteMembers(text, node, fields);
  return [{ start: node.start, end: node.end, text: printed(text, node.start, after) }];
}

/** The value of a node as `JSON.parse` gives it. */
export function valueOf(node: JsonNode): unknown {
  if (node.kind === 'scalar') return node.value;
  if (node.kind === 'array') return node.items.map(valueOf);
  return Object.fromEntries(node.members.map(({ key, value }) => [key, valueOf(value)]));
}

function rewriteMembers(text: string, object: JsonObject, after: Readonly<Record<string, unknown>>): readonly TextEdit[] {
  const { members } = object;
  const kept = members.filter(({ key }) => Object.hasOwn(after, key));
  const byKey = new Map(kept.map((member) => [member.key, member]));
  const gone = members.filter(({ key }) => !Object.hasOwn(after, key)).map(({ key }) => key);
  const inner = kept.flatMap((member) => rewriteJson(text, member.value, after[member.key]));
  const keys = Object.keys(after);
  const added = keys.flatMap((key, index): TextEdit[] => {
    if (byKey.has(key)) return [];
    const next = keys.slice(index + 1).find((later) => byKey.has(later));
    return [insertion(text, key, after[key], next === undefined ? undefined : byKey.get(next), kept.at(-1)!)];
  });
  return [...inner, ...added, ...removeMembers(object, gone)];
}

/** Before a member, or behind the last one that stays. */
function insertion(text: string, key: string, value: unknown, before: JsonMember | undefined, last: JsonMember): TextEdit {
  const at = before?.start ?? last.value.end;
  const anchor = before ?? last;
  const gap = gapBefore(text, anchor.start);
  const member = `${JSON.stringify(key)}:${spaceAfterColon(text, anchor)}${printed(text, anchor.start, value)}`;
  return { start: at, end: at, text: before ? `${member},${gap}` : `,${gap}${member}` };
}

function gapBefore(text: string, at: number): string {
  return /\r?\n[ \t]*$/.exec(text.slice(0, at))?.[0] ?? (text.includes('\n') ? ' ' : '');
}

function spaceAfterColon(text: string, { start, value }: JsonMember): string {
  return /\s/.test(text.slice(start, value.start)) ? ' ' : '';
}

/** The value in the indentation of the text, as at this place. */
function printed(text: string, at: number, value: unknown): string {
  const unit = /\n([ \t]+)\S/.exec(text)?.[1];
  if (unit === undefined) return JSON.stringify(value);
  const lineStart = text.lastIndexOf('\n', at - 1) + 1;
  const indent = /^[ \t]*/.exec(text.slice(lineStart, at))![0];
  const lineEnd = text.includes('\r\n') ? '\r\n' : '\n';
  return JSON.stringify(value, null, unit).replaceAll('\n', `${lineEnd}${indent}`);
}

function keepsAny(node: JsonObject, after: Readonly<Record<string, unknown>>): boolean {
  return node.members.some(({ key }) => Object.hasOwn(after, key));
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;
}

function isEqual(node: JsonNode, value: unknown): boolean {
  if (node.kind === 'scalar') return node.value === value;
  if (node.kind === 'array') {
    return Array.isArray(value) && value.length === node.items.length && node.items.every((item, index) => isEqual(item, value[index]));
  }
  const fields = fieldsOf(value);
  return (
    fields !== undefined &&
    Object.keys(fields).length === node.members.length &&
    node.members.every(({ key, value: inner }) => Object.hasOwn(fields, key) && isEqual(inner, fields[key]))
  );
}
