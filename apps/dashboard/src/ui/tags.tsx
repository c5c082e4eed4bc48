import { toneOfResult, toneOfSeverity, toneOfState, type Tone } from './tones.ts';

/** One word about how something stands. Colour repeats what the word says, never more. */
export function Tag({ tone = 'plain', children }: { readonly tone?: Tone; readonly children: string }) {
  return (
    <span className="tag" data-tone={tone}>
      {children.replaceAll('_', ' ')}
    </span>
  );
}

export function SeverityTag({ severity }: { readonly severity: string }) {
  return <Tag tone={toneOfSeverity(severity)}>{severity}</Tag>;
}

export function ResultTag({ result }: { readonly result: string }) {
  return <Tag tone={toneOfResult(result)}>{result}</Tag>;
}

export function StateTag({ state }: { readonly state: string }) {
  return <Tag tone={toneOfState(state)}>{state}</Tag>;
}

/** How long ago, with the exact time in UTC on demand. */
export function When({ time }: { readonly time: string | null | undefined }) {
  if (!time) return <span>–</span>;
  return (
    <time dateTime={time} title={utc(time)}>
      {ago(Date.now() - Date.parse(time))}
    </time>
  );
}

/** A moment to act by: the day, and how far away it is. */
export function Due({ time }: { readonly time: string }) {
  const days = Math.ceil((Date.parse(time) - Date.now()) / 86_400_000);
  const away = days < 0 ? `${-days} d overdue` : days === 0 ? 'today' : `in ${days} d`;
  return (
    <time dateTime={time} title={utc(time)} className={days <= 0 ? 'overdue' : undefined}>
      {time.slice(0, 10)}, {away}
    </time>
  );
}

export function utc(time: string): string {
  return `${time.replace('T', ' ').slice(0, 19)} UTC`;
}

export function ago(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 60) return `${seconds} s ago`;
  if (seconds < 3600) return `${Math.round(seconds / 60)} min ago`;
  if (seconds < 172_800) return `${Math.round(seconds / 3600)} h ago`;
  return `${Math.round(seconds / 86_400)} d ago`;
}
