import type { MappingPreview, Page, ReportMapping, ReportMappingDetail } from '@throughline/contracts';
import type { Api } from '../api.ts';
import { exitCodes, Refused } from '../exit.ts';
import { plain, say, show, showJson } from '../terminal.ts';
import { mappingIn } from './parser-try.ts';
import { openedFile } from './upload.ts';

export interface MappingFlags {
  /** That was read; of what is saved now when left out. */
  readonly version?: string;
  readonly json?: boolean;
}

const trialMs = 120_000;

/** Saves a mapping on the server, where it reads the next upload. */
export async function saveMapping(api: Api, file: string, { version, json = false }: MappingFlags): Promise<number> {
  const { reader, source } = await mappingIn(file);
  const seen = version === undefined ? (await api.find<ReportMapping>(pathOf(reader.name)))?.version : versionOf(version);
  const saved = await api.call<ReportMappingDetail>('PUT', pathOf(reader.name), {
    ...{ body: source, contentType: file.endsWith('.json') ? 'application/json' : 'application/yaml' },
    headers: seen === undefined ? {} : { 'if-match': `"${seen}"` },
  });
  if (json) showJson(saved);
  else show(`${plain(saved.name)} ${saved.version === seen ? `is version ${seen} already` : `version ${saved.version}`}`);
  return exitCodes.pass;
}

/** Lists the mappings that are saved. */
export async function listMappings(api: Api, { json = false, ...query }: { limit: string; json?: boolean }): Promise<void> {
  const page = await api.get<Page<ReportMapping>>('report-mappings', query);
  if (json) return showJson(page);
  for (const { name, version, title, savedBy, usable } of page.items)
    show(`${plain(name)}  version ${version}  ${plain(title)}  ${plain(savedBy)}${usable ? '' : '  cannot be read by this release'}`);
  say(page.items.length === 0 ? 'No mapping is saved.' : `${page.items.length} shown${page.next ? ', there are more (--limit)' : ''}`);
}

/** Takes a mapping away; what was read by it stays. */
export async function deleteMapping(api: Api, name: string, { version, json = false }: MappingFlags): Promise<number> {
  const seen = version === undefined ? (await api.get<ReportMapping>(pathOf(name))).version : versionOf(version);
  await api.call('DELETE', pathOf(name), { headers: { 'if-match': `"${seen}"` } });
  if (json) showJson({ mapping: name, version: seen, deleted: true });
  else show(`${plain(name)} is gone, after version ${seen}`);
  return exitCodes.pass;
}

/** Prints what a saved mapping makes of a report, as the server reads it. */
export async function tryOnServer(api: Api, name: string, report: string, { json = false }: { json?: boolean }): Promise<void> {
  const stream = await openedFile(report);
  const preview = await api.call<MappingPreview>('POST', `${pathOf(name)}/try`, { stream, timeoutMs: trialMs });
  if (json) return showJson(preview);
  for (const { severity, rule, title, path, line, resource, purl } of preview.findings)
    show(`${severity}  ${plain(rule)}  ${plain(title)}  ${plain([path ?? resource ?? purl ?? '', ...(line ? [line] : [])].join(':'))}`);
  for (const { pointer, detail } of preview.rejected) show(`rejected  ${plain(pointer)}  ${plain(detail)}`);
  say(`version ${preview.version}: ${preview.reported} reported, ${preview.accepted} accepted; nothing was kept`);
}

function versionOf(asked: string): number {
  if (!/^[1-9]\d{0,8}$/.test(asked)) throw new Refused('usage', '--version takes the number of the version that you have read');
  return Number(asked);
}

const pathOf = (name: string): string => `report-mappings/${encodeURIComponent(name)}`;
