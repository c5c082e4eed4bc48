import { Injectable } from '@nestjs/common';
import type { Assurance, Page, SbomQuery, SbomSummary } from '@throughline/contracts';
import {
  canonicalRepository,
  Database,
  decodeCursor,
  defaultLimit,
  pageOf,
  Problem,
  SqlFilter,
  visibleTo,
  withoutNulls,
  type Identity,
} from '@throughline/service';
import { isImageScope } from './image-scope.ts';

/** An SBOM as it is stored. */
export interface SbomRow {
  readonly number: string;
  readonly id: string;
  readonly report: string;
  readonly repository: string;
  readonly commit: string;
  readonly ref: string | null;
  readonly artifact: string | null;
  readonly image: string | null;
  readonly application: string;
  readonly format: string | null;
  readonly specVersion: string | null;
  readonly name: string | null;
  readonly version: string | null;
  readonly generatedBy: string | null;
  readonly assurance: Assurance;
  readonly document: string | null;
  readonly components: number;
  readonly createdAt: Date;
  readonly receivedAt: Date;
}

const application = "coalesce(r.application, 'unassigned')";
const select = `
  select b.number, b.id, b.report_id as report, b.repository, b.commit, b.ref, 'sha256:' || nullif(encode(b.artifact, 'hex'), '') as artifact,
    b.image, ${application} as application, b.format, b.spec_version as "specVersion", b.name, b.version, b.generated_by as "generatedBy",
    b.assurance, b.document, b.components, b.created_at as "createdAt", b.received_at as "receivedAt"
  from sbom b left join repository r on r.id = b.repository`;

const digestForm = /^sha256:[0-9a-f]{64}$/;
const commitForm = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;

/** SBOMs, the latest first; of other teams' none. */
@Injectable()
export class SbomList {
  constructor(private readonly database: Database) {}

  async page(query: SbomQuery, caller: Identity): Promise<Page<SbomSummary>> {
    const filter = this.visible(caller);
    if (query.repository !== undefined) filter.narrow('b.repository = ?', canonicalRepository(query.repository));
    filter.narrow('b.commit = ?', query.commit);
    filter.narrow('b.image = ?', query.image);
    if (query.artifact !== undefined) filter.narrow('b.artifact = ?::bytea', bytesOf(query.artifact));
    filter.narrow('b.number < ?::bigint', decodeCursor(query.cursor, 1)?.[0]);
    const limit = filter.param((query.limit ?? defaultLimit) + 1);
    const found = await this.database.rows<SbomRow>(`${select} where ${filter.where} order by b.number desc limit ${limit}`, filter.params);
    const { items, next } = pageOf(found, query.limit, ({ number }) => [number]);
    return { items: items.map(summaryOf), next };
  }

  /** By its id, or that of an upload that said the same again. */
  async one(id: string, caller: Identity): Promise<SbomRow> {
    const filter = this.visible(caller);
    const named = filter.param(id);
    filter.and(`(b.id = ${named} or b.number = (select a.sbom_number from sbom_again a where a.id = ${named}))`);
    return this.found(filter, 'there is no such SBOM, or it is not yours to see');
  }

  ofArtifact(digest: string, caller: Identity): Promise<SbomRow> {
    if (!digestForm.test(digest))
      throw new Problem(400, 'invalid', 'this is no digest of an image', [{ pointer: '/digest', detail: 'write sha256:<64 hex digits>' }]);
    const filter = this.visible(caller);
    filter.narrow('b.artifact = ?::bytea', bytesOf(digest));
    return this.found(filter, 'there is no SBOM of this image, or it is not yours to see');
  }

  ofRepository(address: string, caller: Identity): Promise<SbomRow> {
    const filter = this.visible(caller);
    filter.narrow('b.repository = ?', canonicalRepository(address));
    return this.found(filter, 'there is no SBOM of this repository, or it is not yours to see');
  }

  /** An id, the digest of an image, or a commit. */
  async named(name: string, caller: Identity): Promise<SbomRow> {
    if (digestForm.test(name)) return this.ofArtifact(name, caller);
    if (!commitForm.test(name)) return this.one(name, caller);
    const filter = this.visible(caller);
    filter.narrow('b.commit = ?', name);
    return this.found(filter, 'there is no SBOM of this commit, or it is not yours to see');
  }

  private visible(caller: Identity): SqlFilter {
    const filter = new SqlFilter();
    filter.and(visibleTo(caller, 'sbom_application', filter.params).replace('sbom_application', application));
    if (caller.bound) filter.narrow('b.repository = ?', caller.bound.repository);
    return filter;
  }

  /** The latest that is there. */
  private async found(filter: SqlFilter, missing: string): Promise<SbomRow> {
    const [row] = await this.database.rows<SbomRow>(`${select} where ${filter.where} order by b.number desc limit 1`, filter.params);
    if (!row) throw new Problem(404, 'not_found', missing);
    return row;
  }
}

export function summaryOf(row: SbomRow): SbomSummary {
  const { id, application, assurance, components, repository, commit, createdAt, receivedAt } = row;
  const { ref, artifact, image, format, specVersion, name, version, generatedBy } = row;
  return {
    ...{ id, application, assurance, components },
    ...withoutNulls({ ref, artifact, image, format, specVersion, name, version, generatedBy }),
    ...(!isImageScope(repository) && { repository }),
    ...(commit !== '' && { commit }),
    createdAt: createdAt.toISOString(),
    receivedAt: receivedAt.toISOString(),
  };
}

function bytesOf(digest: string): Buffer {
  return Buffer.from(digest.slice('sha256:'.length), 'hex');
}
