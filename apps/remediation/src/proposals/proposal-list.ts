import { Injectable } from '@nestjs/common';
import { Blobs } from '@throughline/blobs';
import {
  chainIdOf,
  type Page,
  type FixOverride,
  type MovedPackage,
  type ProposedFile,
  type Remediation,
  type RemediationDetail,
  type RemediationQuery,
} from '@throughline/contracts';
import {
  canonicalRepository,
  Database,
  decodeCursor,
  defaultLimit,
  pageOf,
  Problem,
  ServiceConfig,
  visibleTo,
  type Identity,
} from '@throughline/service';
import { timesUndone } from '../branches/fix-rows.ts';
import { appliedFix, planOf, type ListedFix } from './applied-fix.ts';
import { commitMessageOf } from './wording.ts';

interface ListedProposal {
  readonly id: string;
  readonly state: Remediation['state'];
  readonly summary: string;
  readonly repository: string;
  readonly line: string;
  readonly commit: string;
  readonly application: string;
  readonly package: string;
  readonly name: string;
  readonly from: string;
  readonly to: string;
  readonly findings: string[];
  readonly files: string;
  readonly reason: string | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly revision: number;
  readonly notes: string[];
  readonly diff: string | null;
  readonly incomplete: string | null;
  readonly proven: boolean;
  readonly moved: string;
  readonly overrides: string;
  readonly closes: string;
  readonly fix: ListedFix | null;
  readonly undone: number;
}

const select = `
  select id, state, summary, repository, line, commit, application, package, name, from_version as "from", coalesce(chosen_version, to_version) as "to", findings,
    files, reason, created_at as "createdAt", updated_at as "updatedAt", revision, notes, diff, incomplete,
    proven, moved, overrides, closes,
    (select row_to_json(fixes) from fixes where fixes.proposal = proposals.id order by fixes.id desc limit 1) as fix,
    ${timesUndone('proposals.id')} as undone
  from proposals`;

const maxDiffBytes = 4_000_000;

/** Proposals as people read them, the latest first. */
@Injectable()
export class ProposalList {
  constructor(
    private readonly database: Database,
    private readonly blobs: Blobs,
    private readonly config: ServiceConfig,
  ) {}

  async list(caller: Identity, query: RemediationQuery): Promise<Page<Remediation>> {
    const params: unknown[] = [];
    const where = [visibleTo(caller, params)];
    const wanted = {
      ...query,
      repository: query.repository === undefined ? undefined : canonicalRepository(query.repository, '/repository', 'give a clone URL'),
    };
    for (const name of ['state', 'application', 'repository', 'commit'] as const) {
      if (wanted[name] !== undefined) where.push(`${name} = $${params.push(wanted[name])}`);
    }
    if (query.finding !== undefined) where.push(`$${params.push(query.finding)} = any(findings)`);
    const after = decodeCursor(query.cursor, 1);
    if (after) where.push(`id < $${params.push(after[0])}::uuid`);
    const sql = `${select} where ${where.join(' and ')} order by id desc limit $${params.push((query.limit ?? defaultLimit) + 1)}`;
    const page = pageOf(await this.database.rows<ListedProposal>(sql, params), query.limit, (row) => [row.id]);
    return { ...page, items: page.items.map((row) => this.shown(row)) };
  }

  async detail(caller: Identity, id: string): Promise<RemediationDetail> {
    const params: unknown[] = [id];
    const [row] = await this.database.rows<ListedProposal>(`${select} where id::text = $1 and ${visibleTo(caller, params)}`, params);
    if (!row) throw new Problem(404, 'not_found', `there is no proposal ${id.slice(0, 64)}`);
    const diff = row.diff === null ? undefined : (await this.blobs.read(row.diff, maxDiffBytes)).toString('utf8');
    return {
      ...this.shown(row),
      revision: row.revision,
      notes: row.notes,
      ...planOf(row, this.server),
      commitMessage: commitMessageOf(row.id, row),
      ...(row.incomplete !== null && { incomplete: row.incomplete }),
      proven: row.proven,
      moved: JSON.parse(row.moved) as MovedPackage[],
      overrides: JSON.parse(row.overrides) as FixOverride[],
      ...(row.diff !== null && { diffDigest: row.diff }),
      ...(diff !== undefined && { diff }),
    };
  }

  private get server(): string {
    return this.config.linkBase;
  }

  private shown(row: ListedProposal): Remediation {
    const { id, state, summary, repository, line, commit, application, package: purl, from, to, findings } = row;
    return {
      id,
      state,
      summary,
      repository,
      line,
      commit,
      chain: chainIdOf(repository, commit),
      application,
      package: purl,
      from,
      to,
      findings,
      files: JSON.parse(row.files) as ProposedFile[],
      createdAt: row.createdAt.toISOString(),
      updatedAt: row.updatedAt.toISOString(),
      url: `${this.server}/fixes/${id}`,
      ...(row.fix !== null && { fix: appliedFix(row.fix) }),
      ...(row.reason !== null && { reason: row.reason }),
    };
  }
}
