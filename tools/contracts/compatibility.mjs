/**
 * What in `after` breaks readers or writers of `before`, as sentences. Additive change is allowed: an optional field, a
 * wider bound, one more word in a list that consumers match by name is not (they would refuse it), so it counts as breaking.
 */
export function breaks(before, after, at = '') {
  const found = [];
  const say = (what) => found.push(`${at || '/'}: ${what}`);
  if (before.$ref !== after.$ref) say(`refers to ${after.$ref ?? 'nothing'} instead of ${before.$ref ?? 'nothing'}`);
  if (before.type !== after.type) say(`type ${before.type} became ${after.type}`);
  for (const bound of ['maxLength', 'maxItems', 'maximum']) {
    if (after[bound] !== undefined && (before[bound] === undefined || after[bound] < before[bound])) say(`${bound} became narrower`);
  }
  for (const bound of ['minLength', 'minItems', 'minimum']) {
    if (after[bound] !== undefined && (before[bound] ?? -Infinity) < after[bound]) say(`${bound} became narrower`);
  }
  if (before.pattern !== after.pattern) say('pattern changed');
  if (JSON.stringify(before.enum) !== JSON.stringify(after.enum)) say('list of words changed');
  for (const name of after.required ?? []) if (!(before.required ?? []).includes(name)) say(`${name} became required`);
  for (const name of before.required ?? []) if (!(after.required ?? []).includes(name)) say(`${name} is no longer always there`);
  for (const [name, schema] of Object.entries(before.properties ?? {})) {
    const now = after.properties?.[name];
    if (!now) say(`${name} was removed`);
    else found.push(...breaks(schema, now, `${at}/${name}`));
  }
  if (before.items) found.push(...breaks(before.items, after.items ?? {}, `${at}/*`));
  for (const [name, schema] of Object.entries(before.$defs ?? {})) {
    if (after.$defs?.[name]) found.push(...breaks(schema, after.$defs[name], `${at}/$defs/${name}`));
  }
  return found;
}
