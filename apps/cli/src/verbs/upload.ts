import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Readable, Transform } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import type { Report, ReportAccepted } from '@throughline/contracts';
import type { Api } from '../api.ts';
import { aboutOf } from '../about.ts';
import { exitCodes, Refused } from '../exit.ts';
import { plain, say, show, showJson } from '../terminal.ts';

export interface UploadFlags {
  readonly repository?: string;
  readonly commit?: string;
  readonly branch?: string;
  readonly pullRequest?: string;
  readonly format: string;
  readonly tool?: string;
  readonly scope?: string;
  readonly complete?: boolean;
  readonly artifact?: string;
  readonly environment?: string;
  readonly target?: string;
  readonly scannedAt?: string;
  readonly wait?: string | true;
  readonly json?: boolean;
}

const uploadMs = 120_000;
const defaultWait = 60;
const askEveryMs = 500;
const tellEveryBytes = 16 * 1024 * 1024;

/** Sends a report, as it lies on disk, and tells what became of it; returns the exit code. */
export async function upload(api: Api, file: string, { wait, json = false, ...flags }: UploadFlags): Promise<number> {
  const query = { ...flags, ...(await aboutOf(api, flags)) };
  const accepted = await api.call<ReportAccepted>('POST', 'reports', { query, stream: await openedFile(file), timeoutMs: uploadMs });
  say(`report ${accepted.id} was taken in${accepted.sameAs ? `, the same as ${accepted.sameAs}` : ''}`);
  if (wait === undefined) {
    if (json) showJson(accepted);
    return exitCodes.pass;
  }
  const report = await settled(api, accepted.id, secondsOf(wait));
  if (json) showJson(report);
  else showReport(report);
  return exitCodeOfReport(report);
}

/** 0 applied, or waiting for a person; 2 refused; 3 not known yet. */
export function exitCodeOfReport({ status }: Pick<Report, 'status'>): number {
  if (status === 'done' || status === 'parked') return exitCodes.pass;
  return status === 'failed' ? exitCodes.usage : exitCodes.undecided;
}

/** The upload once it is settled, or as it stands when the time is over. */
export async function settled(api: Api, id: string, seconds: number, what = 'findings'): Promise<Report> {
  const until = Date.now() + seconds * 1000;
  let told = '';
  for (;;) {
    const report = await api.get<Report>(`reports/${id}`);
    if (report.status !== told) say(`${report.status}${report.accepted === undefined ? '' : `: ${report.accepted} ${what} read`}`);
    told = report.status;
    const open = report.status === 'queued' || report.status === 'running';
    if (!open || Date.now() >= until) return report;
    await setTimeout(askEveryMs);
  }
}

function showReport(report: Report): void {
  const { status, format, tool, reported = 0, accepted = 0, rejected, opened, unchanged, resolved, reopened, parked, failure } = report;
  show(`${status}  ${plain(tool)} (${format})  reported ${reported}, accepted ${accepted}, rejected ${rejected.length}`);
  if (opened !== undefined) show(`  opened ${opened}, unchanged ${unchanged}, resolved ${resolved}, reopened ${reopened}`);
  if (parked)
    show(`  waits for a person: it would close ${parked.wouldResolve} of ${parked.open} (POST /api/v1/reports/${report.id}/confirm)`);
  if (failure !== undefined) show(`  ${plain(failure)}`);
  for (const { pointer, detail } of rejected.slice(0, 20)) say(`  ${plain(pointer)}: ${plain(detail)}`);
}

/** A file as a body; throws `Refused` for what is none. */
export async function openedFile(file: string): Promise<ReadableStream<Uint8Array>> {
  const size = await stat(file).then(
    (found) => (found.isFile() ? found.size : undefined),
    () => undefined,
  );
  if (size === undefined) throw new Refused('usage', `${file} cannot be read: it is no file`);
  return Readable.toWeb(createReadStream(file).pipe(toldProgress(size))) as ReadableStream<Uint8Array>;
}

/** Says how far a large upload has come. */
function toldProgress(size: number): Transform {
  let sent = 0;
  let told = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      sent += chunk.length;
      if (sent - told >= tellEveryBytes) {
        told = sent;
        say(`${Math.floor((100 * sent) / Math.max(1, size))} % of ${Math.ceil(size / 1024 / 1024)} MiB sent`);
      }
      done(null, chunk);
    },
  });
}

export function secondsOf(wait: string | true): number {
  const seconds = wait === true ? defaultWait : Number.parseInt(wait, 10);
  if (!(seconds >= 0)) throw new Refused('usage', '--wait takes a number of seconds');
  return seconds;
}
