import { Injectable } from '@nestjs/common';
import type { Assurance, ReceivedSbom } from '@throughline/contracts';
import type { Component, Dependency } from '@throughline/findings';
import { rows, type Tx } from '@throughline/service';
import { chunksOf } from '../../bulk.ts';
import { Components } from '../components.ts';

/** An inventory of a commit or an image, as it is written down. */
export interface Listed {
  /** The upload or scan that brought it. */
  readonly run: string;
  readonly repository: string;
  readonly commit?: string;
  readonly ref?: string;
  readonly artifact?: string;
  readonly assurance: Assurance;
  readonly components: number;
  readonly sbom?: ReceivedSbom;
  readonly generatedBy?: string;
}

/** What a report lists. */
export interface Listing {
  readonly components: readonly Component[];
  readonly dependencies: readonly Dependency[];
}

const chunkSize = 20_000;
/** Stands for what a report is about. */
export const rootId = '0';

const insert = `
  insert into sbom (id, report_id, repository, commit, ref, artifact, image, format, spec_version, name, version, generated_by, assurance, document, components)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
  on conflict (report_id, commit, artifact) do update set received_at = now()
  returning number, id`;

/**
 * Inventories by what they list: the same components with the same dependencies about the same thing are one SBOM, whatever
 * serial number and time a tool wrote over them. Another content is another SBOM beside the former.
 */
@Injectable()
export class Sboms {
  constructor(private readonly components: Components) {}

  async note(tx: Tx, report: string, listed: Listed): Promise<void> {
    const { run, sbom, artifact } = listed;
    const digest = artifact === undefined ? Buffer.alloc(0) : Buffer.from(artifact.slice('sha256:'.length), 'hex');
    const [row] = await rows<{ number: string; id: string }>(tx, insert, [
      ...[run, report, listed.repository, listed.commit ?? '', listed.ref ?? null, digest, sbom?.image ?? null],
      ...[sbom?.format ?? null, sbom?.specVersion ?? null, sbom?.name ?? null, sbom?.version ?? null, listed.generatedBy ?? null],
      ...[listed.assurance, sbom?.document ?? null, listed.components],
    ]);
    if (row!.id === run) return;
    await rows(tx, 'insert into sbom_again (id, sbom_number) values ($1, $2) on conflict do nothing', [run, row!.number]);
  }

  /** Writes down what a new report says of its components beyond where they are; they must be registered. */
  async describe(tx: Tx, report: string, { components, dependencies }: Listing): Promise<void> {
    const told = components.some(({ kind, hashes }) => kind !== undefined || hashes !== undefined);
    if (!told && dependencies.length === 0) return;
    const ids: (string | undefined)[] = [];
    for (const chunk of chunksOf(components, chunkSize)) ids.push(...(await this.components.idsOf(tx, chunk)));
    const known = components.flatMap((component, place) => (ids[place] === undefined ? [] : [{ ...component, id: ids[place] }]));
    for (const chunk of chunksOf(known, chunkSize))
      await rows(
        tx,
        `insert into sbom_component (report_id, component_version_id, kind, hashes)
         select distinct on (given.id) $1, given.id, given.kind, coalesce(string_to_array(nullif(given.hashes, ''), ' '), '{}')
         from unnest($2::bigint[], $3::text[], $4::text[]) as given (id, kind, hashes) order by given.id, given.kind, given.hashes
         on conflict do nothing`,
        [
          report,
          chunk.map(({ id }) => id),
          chunk.map(({ kind }) => kind ?? null),
          chunk.map(({ hashes }) => (hashes ?? []).map((hash) => hash.replaceAll(' ', '')).join(' ')),
        ],
      );
    await this.connect(tx, report, dependencies, ids);
  }

  private async connect(tx: Tx, report: string, dependencies: readonly Dependency[], ids: readonly (string | undefined)[]): Promise<void> {
    const edges = dependencies.flatMap(({ from, to }) => {
      const parent = from === undefined ? rootId : ids[from];
      return parent === undefined ? [] : to.flatMap((place) => (ids[place] === undefined ? [] : [{ parent, child: ids[place] }]));
    });
    for (const chunk of chunksOf(edges, chunkSize))
      await rows(
        tx,
        `insert into sbom_dependency (report_id, parent_id, child_id)
         select $1, * from unnest($2::bigint[], $3::bigint[]) on conflict do nothing`,
        [report, chunk.map(({ parent }) => parent), chunk.map(({ child }) => child)],
      );
  }
}
