import type { PolicyBundleDetail, PolicyBundleSummary, PolicyChange } from '@throughline/contracts';
import type { Api } from '../api.ts';
import { exitCodes, Refused } from '../exit.ts';
import { tellWaiting, waits } from '../policy-change-text.ts';
import { passes, tryPolicies, type PolicyFile } from '../policy-files.ts';
import { paint, plain, say, show, showJson } from '../terminal.ts';

export interface PublishFlags {
  readonly complete?: boolean;
  readonly note?: string;
  readonly json?: boolean;
}

/** Runs the cases of policies; needs no server. 0 all pass, 1 one does not, 2 one cannot be read. */
export async function testPolicies(path: string, { json = false }: { readonly json?: boolean }): Promise<number> {
  const files = await tryPolicies(path);
  if (json)
    showJson({ passed: files.every(passes), policies: files.map((file) => ({ ...file, source: undefined, passed: passes(file) })) });
  else for (const file of files) showFile(file);
  return exitCodeOfPolicies(files);
}

/** Publishes policies all at once or none, when all of their cases pass. */
export async function publishPolicies(api: Api, path: string, { json = false, ...flags }: PublishFlags): Promise<number> {
  const files = await tryPolicies(path);
  const code = exitCodeOfPolicies(files);
  if (code !== exitCodes.pass) {
    for (const file of files.filter((each) => !passes(each))) sayFile(file);
    say('nothing was published');
    return code;
  }
  return send(api, { policies: files.map(({ source }) => ({ source })), ...flags }, json);
}

/** What an earlier bundle held is published again, under a new sequence. */
export async function rollBack(api: Api, asked: string, { json = false, note }: PublishFlags): Promise<number> {
  const rollbackTo = Number(asked);
  if (!Number.isSafeInteger(rollbackTo) || rollbackTo < 1) throw new Refused('usage', 'name the sequence of the bundle to go back to');
  return send(api, { rollbackTo, ...(note === undefined ? {} : { note }) }, json);
}

/** The signed document of a bundle, for `policy verify` elsewhere. */
export async function fetchBundle(api: Api, sequence: string): Promise<void> {
  const { envelope } = await api.get<PolicyBundleDetail>(`policies/bundles/${encodeURIComponent(sequence)}`);
  showJson(envelope);
}

export function exitCodeOfPolicies(files: readonly PolicyFile[]): number {
  if (files.some(({ flaws }) => flaws.length > 0)) return exitCodes.usage;
  return files.every(passes) ? exitCodes.pass : exitCodes.denied;
}

/** What was published must follow on what was seen. */
async function send(api: Api, body: object, json: boolean): Promise<number> {
  const { sequence } = await api.get<PolicyBundleSummary>('policies/bundles/current');
  const made = await api.call<PolicyBundleSummary | PolicyChange>('POST', 'policies/bundles', {
    body,
    headers: { 'if-match': `"${sequence}"` },
    timeoutMs: 120_000,
  });
  if (waits(made)) return tellWaiting(api, made, json);
  if (json) showJson(made);
  else
    show(
      made.sequence === sequence
        ? `nothing differs from bundle ${sequence}`
        : `bundle ${made.sequence}  ${made.digest}  ${made.policies} policies`,
    );
  return exitCodes.pass;
}

function showFile(file: PolicyFile): void {
  const { name, path, cases } = file;
  const verdict = passes(file) ? paint('green', 'ok') : paint('red', 'FAILED');
  show(`${verdict.padEnd(6)} ${plain(name ?? path)}  ${cases.length} cases`);
  for (const line of linesOf(file)) show(`  ${line}`);
}

export function sayFile(file: PolicyFile): void {
  say(plain(file.name ?? file.path));
  for (const line of linesOf(file)) say(`  ${line}`);
}

function linesOf({ flaws, cases }: PolicyFile): string[] {
  return [
    ...flaws.map(({ pointer, detail }) => `${plain(pointer || 'the document')}: ${plain(detail)}`),
    ...cases.filter(({ passed }) => !passed).map(({ name, difference }) => `"${plain(name)}": ${plain(difference ?? 'failed')}`),
  ];
}
