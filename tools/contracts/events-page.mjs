import { cloudEventType, factClasses, factMeta, topicName, topics } from '@throughline/contracts';
import { factSchema } from './schemas.mjs';

/** `docs/events.md`: every topic with its facts, fields, writer and readers. */
export function eventsPage() {
  const lines = [
    '# Events',
    '',
    'Generated from the fact classes in `libs/contracts/src/events` by `node tools/contracts/generate.mjs`; do not edit.',
    '',
    'Facts travel as CloudEvents 1.0 in binary mode: attributes in `ce_*` headers, JSON in the value, at most 64 KiB. Order holds',
    'per key and writer. The schema of each fact lies in `libs/contracts/schemas`.',
    '',
  ];
  for (const { topic, writers, readers } of topics()) {
    lines.push(`## ${topic}`, '', `Written by ${writers.join(', ')}. Read by ${readers.join(', ')}.`, '');
    for (const cls of factClasses().filter((one) => topicName(factMeta(one).topic) === topic)) lines.push(...section(cls));
  }
  return `${lines.join('\n').trimEnd()}\n`;
}

function section(cls) {
  const meta = factMeta(cls);
  const schema = factSchema(cls);
  const rows = Object.entries(schema.properties ?? {}).map(([name, field]) => {
    const need = schema.required?.includes(name) ? 'yes' : 'no';
    return `| \`${name}\` | ${describe(field)} | ${need} |`;
  });
  return [
    `### ${cls.name}`,
    '',
    `Type \`${cloudEventType(meta.type)}\`, written by ${meta.writer}${meta.ordered ? ', ordered' : ''}.`,
    '',
    '| field | value | always there |',
    '| --- | --- | --- |',
    ...rows,
    '',
  ];
}

function describe(field) {
  if (field.$ref) return field.$ref.split('/').at(-1);
  if (field.enum) return field.enum.map((word) => `\`${word}\``).join(', ');
  if (field.type === 'array') return `list of ${describe(field.items ?? {})}${field.maxItems ? `, at most ${field.maxItems}` : ''}`;
  const bounds = [
    field.maxLength && `≤ ${field.maxLength} characters`,
    field.minimum !== undefined && `≥ ${field.minimum}`,
    field.pattern && `\`${field.pattern.replaceAll('|', '\\|')}\``,
  ];
  return [field.type ?? 'any', ...bounds.filter(Boolean)].join(', ');
}
