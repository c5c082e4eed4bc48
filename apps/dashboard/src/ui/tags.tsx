import { Badge, Text, Tooltip } from '@mantine/core';

const severityColours: Readonly<Record<string, string>> = { critical: 'red', high: 'orange', medium: 'yellow', low: 'blue', info: 'gray' };
const resultColours: Readonly<Record<string, string>> = { pass: 'teal', warn: 'yellow', deny: 'red', undecided: 'grape' };

export function SeverityTag({ severity }: { readonly severity: string }) {
  return (
    <Badge variant="light" color={severityColours[severity] ?? 'gray'} style={{ flexShrink: 0 }}>
      {severity}
    </Badge>
  );
}

export function ResultTag({ result }: { readonly result: string }) {
  return <Badge color={resultColours[result] ?? 'gray'}>{result}</Badge>;
}

/** How long ago, with the exact time in UTC on demand. */
export function When({ time }: { readonly time: string | null }) {
  if (!time) return <Text span>–</Text>;
  return (
    <Tooltip label={`${time.replace('T', ' ').slice(0, 19)} UTC`}>
      <Text span size="sm" component="time" dateTime={time}>
        {ago(Date.now() - Date.parse(time))}
      </Text>
    </Tooltip>
  );
}

export function ago(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 60) return `${seconds} s ago`;
  if (seconds < 3600) return `${Math.round(seconds / 60)} min ago`;
  if (seconds < 172_800) return `${Math.round(seconds / 3600)} h ago`;
  return `${Math.round(seconds / 86_400)} d ago`;
}
