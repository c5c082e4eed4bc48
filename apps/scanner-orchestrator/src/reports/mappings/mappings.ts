import { Injectable } from '@nestjs/common';
import { MappingRefused, readMapping, reportFormats, type ReportReader } from '@throughline/findings';
import { Database, Log, Problem, requireMatch, type Identity, type Tx } from '@throughline/service';
import { isSbom } from '../report-rows.ts';
import { MappingRows, type MappingRow } from './mapping-rows.ts';

/** A mapping that reads reports. */
export interface OwnFormat {
  readonly reader: ReportReader;
  readonly version: number;
  readonly source: string;
}

/** Every upload looks at all of them. */
const mostMappings = 100;

/** The formats that this installation declares: what is saved serves the next upload, in every process. */
@Injectable()
export class Mappings {
  /** By name and version, undefined for one that cannot be read any more; a version never changes. */
  private readonly compiled = new Map<string, OwnFormat | undefined>();

  constructor(
    private readonly database: Database,
    private readonly table: MappingRows,
    private readonly log: Log,
  ) {}

  async inForce(): Promise<readonly OwnFormat[]> {
    return this.database.transaction(async (tx) => {
      const names = await this.table.inForce(tx);
      const formats: OwnFormat[] = [];
      for (const { name, version } of names) {
        const format = await this.format(tx, name, version);
        if (format) formats.push(format);
      }
      this.forget(names);
      return formats;
    });
  }

  /** The version under which a report came, whatever applies by now. */
  async at(name: string, version: number): Promise<OwnFormat | undefined> {
    return this.database.transaction((tx) => this.format(tx, name, version));
  }

  async page(after: string, most: number): Promise<readonly MappingRow[]> {
    return this.database.transaction((tx) => this.table.all(tx, after, most));
  }

  async read(name: string): Promise<MappingRow> {
    return this.database.transaction((tx) => this.present(tx, name));
  }

  /** Whether this release can read it. */
  isUsable(row: MappingRow): boolean {
    return this.formatOf(row) !== undefined;
  }

  /** Throws 422 with the place of every flaw, 412 and 428 for a stale writer. The same text again changes nothing. */
  async save(name: string, source: string, caller: Identity, ifMatch: string | undefined): Promise<MappingRow> {
    refuseOfTeam(caller);
    refuseTaken(name);
    const { title, finds } = checked(name, source);
    return this.database.transaction(async (tx) => {
      await this.table.lock(tx);
      const last = await this.table.last(tx, name);
      const current = last?.deleted === false ? last : undefined;
      requireMatch(`the mapping ${name}`, current?.version, ifMatch);
      if (current?.source === source) return current;
      if (!current && (await this.table.inForce(tx)).length >= mostMappings)
        throw new Problem(409, 'too_many', `there are ${mostMappings} mappings: delete one that is not needed`);
      return this.table.add(tx, { name, title, finds, source, version: (last?.version ?? 0) + 1, deleted: false, by: caller.name });
    });
  }

  /** What was read by it stays. */
  async remove(name: string, caller: Identity, ifMatch: string | undefined): Promise<void> {
    refuseOfTeam(caller);
    await this.database.transaction(async (tx) => {
      await this.table.lock(tx);
      const current = await this.present(tx, name);
      requireMatch(`the mapping ${name}`, current.version, ifMatch);
      await this.table.add(tx, { ...current, version: current.version + 1, deleted: true, by: caller.name });
    });
  }

  private async present(tx: Tx, name: string): Promise<MappingRow> {
    const row = await this.table.last(tx, name);
    if (row?.deleted === false) return row;
    throw new Problem(404, 'not_found', `there is no mapping ${JSON.stringify(name.slice(0, 50))}`);
  }

  private async format(tx: Tx, name: string, version: number): Promise<OwnFormat | undefined> {
    const key = keyOf({ name, version });
    if (this.compiled.has(key)) return this.compiled.get(key);
    const row = await this.table.version(tx, name, version);
    return row && this.formatOf(row);
  }

  private formatOf(row: MappingRow): OwnFormat | undefined {
    const key = keyOf(row);
    if (!this.compiled.has(key)) this.compiled.set(key, this.compile(row));
    return this.compiled.get(key);
  }

  /** One that a later release cannot read must not keep other reports out. */
  private compile({ name, version, source }: MappingRow): OwnFormat | undefined {
    try {
      return { reader: readMapping(source), version, source };
    } catch (error) {
      this.log.warn({ mapping: name, version, error }, 'a saved mapping cannot be read by this release');
      return undefined;
    }
  }

  private forget(names: readonly Pick<MappingRow, 'name' | 'version'>[]): void {
    if (this.compiled.size <= 2 * mostMappings) return;
    const kept = new Set(names.map(keyOf));
    for (const key of this.compiled.keys()) if (!kept.has(key)) this.compiled.delete(key);
  }
}

function keyOf({ name, version }: Pick<MappingRow, 'name' | 'version'>): string {
  return `${name} ${version}`;
}

/** A format serves the uploads of everybody. */
function refuseOfTeam({ applications }: Identity): void {
  if (applications === '*') return;
  throw new Problem(403, 'out_of_scope', 'a format is for everybody who sends reports: this needs reports:write in the whole organisation');
}

function refuseTaken(name: string): void {
  if (!reportFormats.includes(name) && !isSbom(name)) return;
  throw new Problem(409, 'built_in', `${name} is a format that is built in: give yours another name`);
}

function checked(name: string, source: string): ReportReader {
  try {
    const reader = readMapping(source);
    if (reader.name === name) return reader;
    const detail = `is ${reader.name}, and the address says ${name.slice(0, 50)}`;
    throw new MappingRefused([{ pointer: '/name', detail }]);
  } catch (error) {
    if (!(error instanceof MappingRefused)) throw error;
    const faults = error.flaws.map(({ pointer, line, detail }) => ({
      pointer,
      detail: (line === undefined ? detail : `line ${line}: ${detail}`).slice(0, 500),
    }));
    throw new Problem(422, 'invalid_mapping', `the mapping cannot be used: ${error.message}`.slice(0, 500), faults);
  }
}
