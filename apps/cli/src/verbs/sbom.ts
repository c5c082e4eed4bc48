import type { ComponentPathsAnswer, Page, ReportAccepted, SbomDiff, SbomSummary } from '@throughline/contracts';
import { aboutOf } from '../about.ts';
import type { Api } from '../api.ts';
import { exitCodes } from '../exit.ts';
import { paint, plain, say, show, showJson } from '../terminal.ts';
import { exitCodeOfReport, openedFile, secondsOf, settled } from './upload.ts';

export interface SbomUploadFlags {
  readonly repository?: string;
  readonly commit?: string;
  readonly branch?: string;
  readonly pullRequest?: string;
  readonly artifact?: string;
  readonly image?: string;
  readonly tool?: string;
  readonly scope?: string;
  readonly partial?: boolean;
  readonly wait?: string | true;
  readonly json?: boolean;
}

export interface SbomImageFlags {
  readonly platform?: string;
  readonly wait?: string | true;
  readonly json?: boolean;
}

export interface SbomListFlags {
  readonly repository?: string;
  readonly commit?: string;
  readonly artifact?: string;
  readonly image?: string;
  readonly limit: string;
  readonly json?: boolean;
}

export interface SbomWhyFlags {
  readonly sbom?: string;
  readonly repository?: string;
  readonly json?: boolean;
}

const uploadMs = 120_000;

/** Sends an SBOM, as it lies on disk; returns the exit code. */
export async function uploadSbom(api: Api, file: string, flags: SbomUploadFlags): Promise<number> {
  const { wait, json = false, partial = false, ...said } = flags;
  // What is about an image alone is about no commit, also in a CI job's folder.
  const alone = said.artifact !== undefined && said.repository === undefined && (await api.job()) === undefined;
  const query = { ...said, ...(!alone && (await aboutOf(api, said))), ...(partial && { complete: false }) };
  const accepted = await api.call<ReportAccepted>('POST', 'sboms', { query, stream: await openedFile(file), timeoutMs: uploadMs });
  say(`SBOM ${accepted.id} was taken in${accepted.sameAs ? `, the same as ${accepted.sameAs}` : ''}`);
  return wait === undefined ? told(accepted, json) : outcome(api, accepted.id, secondsOf(wait), json);
}

/** Has an image read by the platform, which pulls it; returns the exit code. */
export async function readImage(api: Api, image: string, { platform, wait, json = false }: SbomImageFlags): Promise<number> {
  const accepted = await api.call<ReportAccepted>('POST', 'sboms', { query: { image, platform } });
  say(`SBOM ${accepted.id} is ${accepted.sameAs ? `the same as ${accepted.sameAs}` : 'being made'}`);
  return wait === undefined ? told(accepted, json) : outcome(api, accepted.id, secondsOf(wait === true ? '600' : wait), json);
}

/** Lists SBOMs, the latest first. */
export async function listSboms(api: Api, { json = false, ...query }: SbomListFlags): Promise<void> {
  const page = await api.get<Page<SbomSummary>>('sboms', query);
  if (json) return showJson(page);
  for (const sbom of page.items) show(sbomLine(sbom));
  say(page.items.length === 0 ? 'No SBOMs match.' : `${page.items.length} shown${page.next ? ', there are more (--limit)' : ''}`);
}

/** Tells what one SBOM has that another one has not. */
export async function diffSboms(api: Api, from: string, to: string, json: boolean): Promise<void> {
  const diff = await api.get<SbomDiff>('sboms/diff', { from, to });
  if (json) return showJson(diff);
  for (const { purl } of diff.added) show(`${paint('red', '+')} ${plain(purl)}`);
  for (const { purl } of diff.removed) show(`${paint('green', '-')} ${plain(purl)}`);
  for (const { purl, from: before, to: after } of diff.changed)
    show(`~ ${plain(purl)}  ${plain(before.join(', '))} -> ${plain(after.join(', '))}`);
  const { addedTotal, removedTotal, changedTotal, added, removed, changed } = diff;
  say(`${addedTotal} added, ${removedTotal} removed, ${changedTotal} changed`);
  const shown = added.length + removed.length + changed.length;
  if (shown < addedTotal + removedTotal + changedTotal) say(`only the first ${shown} are shown`);
}

/** Tells by which ways a component comes in. */
export async function tellWays(api: Api, purl: string, { json = false, ...where }: SbomWhyFlags): Promise<void> {
  const answer = await api.get<ComponentPathsAnswer>('components/paths', { purl, ...where });
  if (json) return showJson(answer);
  for (const { purl: found, direct, paths, more } of answer.components) {
    show(`${plain(found)}${direct ? '  direct' : ''}`);
    for (const { steps } of paths) show(`  ${steps.map(plain).join(' -> ')}`);
    if (paths.length === 0) say('  the SBOM does not say who needs it');
    if (more) say('  there are more ways of that length');
  }
}

function told(accepted: ReportAccepted, json: boolean): number {
  if (json) showJson(accepted);
  return exitCodes.pass;
}

/** What became of an SBOM. */
async function outcome(api: Api, id: string, seconds: number, json: boolean): Promise<number> {
  const report = await settled(api, id, seconds, 'components');
  if (json) showJson(report);
  else show(`${report.status}  ${report.accepted ?? 0} components${report.failure === undefined ? '' : `  ${plain(report.failure)}`}`);
  return exitCodeOfReport(report);
}

function sbomLine({ id, repository, commit, artifact, image, components, format, generatedBy, createdAt }: SbomSummary): string {
  const about = [repository ?? image, commit?.slice(0, 12), artifact?.slice(0, 19)].filter((part) => part !== undefined).join(' ');
  return `${id}  ${createdAt.slice(0, 16)}  ${String(components).padStart(6)}  ${plain(format ?? generatedBy ?? '')}  ${plain(about)}`;
}
