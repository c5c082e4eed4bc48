import { Injectable } from '@nestjs/common';
import { make, WaivedFinding, WaiverScope, type FindingAnswer, type Page, type WaiverRequest } from '@throughline/contracts';
import type { Tier } from '@throughline/policy';
import {
  canonicalRepository,
  Database,
  grants,
  InternalClient,
  Problem,
  rows,
  sees,
  ServiceAway,
  type Identity,
  type InternalRequest,
} from '@throughline/service';
import { Tolerances } from '../applications/tolerances.ts';
import { Decisions } from '../decisions/decisions.ts';
import { everyApplication } from './waiver-content.ts';

/** Who asks, with what they are known by to other services. */
export interface Asker {
  readonly caller: Identity;
  readonly token: string | undefined;
}

/** A scope, and the tier of the application that it lies in; none for one that lies in all. */
export interface ScopeInTier {
  readonly scope: WaiverScope;
  readonly tier?: Tier;
}

/** Control characters, and halves of pairs. */
const unwritten = /[\p{Cc}\p{Cs}]/u;
const narrowing = ['findings', 'rule', 'advisory', 'cve', 'purl', 'path'] as const;

/** Reads which findings are meant, and refuses what the caller may not ask for. */
@Injectable()
export class WaiverScopes {
  constructor(
    private readonly database: Database,
    private readonly tolerances: Tolerances,
    private readonly decisions: Decisions,
    private readonly client: InternalClient,
  ) {}

  /** Throws `Problem` 400, 403, 404, 409, 422 and 503. */
  async of(asked: WaiverRequest, { caller, token }: Asker): Promise<ScopeInTier> {
    refuseShapeless(asked);
    const findings = asked.findings && (await this.findings(asked.findings, token));
    const decision = asked.decision === undefined ? undefined : await this.decisions.read(asked.decision, caller);
    const repository = await this.repositoryOf(asked, findings, decision?.repository);
    const where = repository === undefined ? await this.applicationOf(asked, findings) : await this.ofRepository(repository, asked);
    refuseElsewhere(findings, where);
    refuseOutOfScope(where.application, caller);
    const { class: kind, rule, advisory, cve, purl, path, policy } = asked;
    const matches = Object.entries({ policy, class: kind, rule, advisory, cve, purl, path }).filter(([, value]) => value !== undefined);
    const scope = make(WaiverScope, {
      application: where.application,
      ...(where.repository === undefined ? {} : { repository: where.repository }),
      ...(findings === undefined ? {} : { findings: findings.map(namedOf) }),
      ...(Object.fromEntries(matches) as Partial<WaiverScope>),
    });
    return { scope, ...(where.tier === undefined ? {} : { tier: where.tier }) };
  }

  /** As the ledger shows them to the caller: nobody asks for what they may not see. */
  private async findings(ids: readonly string[], token: string | undefined): Promise<readonly FindingAnswer[]> {
    const query = { id: ids.join(','), limit: ids.length };
    const { items } = await this.shown<Page<FindingAnswer>>({ path: '/api/v1/findings', query }, token, '/findings');
    const listed = new Map(items.map((finding) => [finding.id, finding]));
    const found = new Map<string, FindingAnswer>();
    for (const [index, id] of ids.entries()) {
      // What became an alias is listed under another id, and what is not there is to be named.
      const path = `/api/v1/findings/${encodeURIComponent(id)}`;
      const finding = listed.get(id) ?? (await this.shown<FindingAnswer>({ path }, token, `/findings/${index}`));
      found.set(finding.id, finding);
    }
    return [...found.values()];
  }

  private async shown<T>(asked: Pick<InternalRequest, 'path' | 'query'>, token: string | undefined, pointer: string): Promise<T> {
    try {
      return await this.client.call<T>('ledger', { method: 'GET', ...asked, ...(token && { as: token }) });
    } catch (error) {
      if (error instanceof ServiceAway) throw new Problem(503, 'service_away', 'the findings cannot be looked up now: ask again');
      if (error instanceof Problem && error.status < 500)
        throw unprocessable(pointer, 'there is no such finding, or it is not yours to see');
      throw error;
    }
  }

  private async repositoryOf(
    asked: WaiverRequest,
    findings: readonly FindingAnswer[] | undefined,
    decided: string | undefined,
  ): Promise<string | undefined> {
    if (asked.repository !== undefined) return canonicalRepository(asked.repository);
    const [repository, another] = new Set(findings?.map((finding) => finding.repository));
    if (repository !== undefined) return another === undefined ? repository : undefined;
    return asked.application === undefined ? decided : undefined;
  }

  private async ofRepository(repository: string, asked: WaiverRequest) {
    const known = await this.database.rows(
      `select 1 from repository where id = $1 union all select 1 from subject where repository = $1
       union all select 1 from application_repository where repository = $1 limit 1`,
      [repository],
    );
    if (known.length === 0) throw unprocessable('/repository', `no repository ${repository} is known here`);
    const { application, tier } = (await this.tolerances.ofRepository(repository)).tolerance;
    if (asked.application !== undefined && asked.application !== application)
      throw new Problem(409, 'another_application', `${repository} belongs to the application ${application}, not to ${asked.application}`);
    return { application, tier, repository };
  }

  /** All of an application: every repository that it has, and will have. */
  private async applicationOf(
    asked: WaiverRequest,
    findings: readonly FindingAnswer[] | undefined,
  ): Promise<{ application: string; tier?: Tier; repository?: string }> {
    const application = asked.application ?? findings?.[0]?.application;
    if (application === undefined)
      throw unprocessable('/repository', 'say where: name a repository, an application, findings or a decision');
    if (application === everyApplication) return { application };
    if (application === 'unassigned')
      throw unprocessable('/application', 'repositories without an application have nothing in common: name one of them');
    const [known] = await this.database.transaction((tx) =>
      rows<{ name: string }>(tx, 'select name from application where name = $1', [application]),
    );
    if (!known) throw unprocessable('/application', `there is no application ${application}`);
    return { application, tier: (await this.tolerances.ofApplication(application)).tolerance.tier };
  }
}

/** Something has to say which findings are meant; a whole class, or an asterisk, says nothing. */
function refuseShapeless(asked: WaiverRequest): void {
  const named = narrowing.filter((field) => asked[field] !== undefined && asked[field].length > 0);
  if (named.length === 0)
    throw unprocessable(
      '',
      `say which findings are meant: at least one of ${narrowing.join(', ')} (a class alone covers what nobody has seen yet)`,
    );
  if (asked.findings?.length === 0) throw unprocessable('/findings', 'names none: leave it out');
  for (const field of ['rule', 'advisory', 'purl', 'path', 'policy', 'repository'] as const)
    if (asked[field]?.includes('*') === true) throw unprocessable(`/${field}`, 'there are no wildcards: name what is meant');
  for (const field of ['rule', 'advisory', 'purl', 'path', 'policy', 'application'] as const)
    if (unwritten.test(asked[field] ?? '')) throw unprocessable(`/${field}`, 'has characters that no name has');
  const strange = asked.findings?.findIndex((id) => !/^[\w-]+$/.test(id)) ?? -1;
  if (strange >= 0) throw unprocessable(`/findings/${strange}`, 'is no id of a finding');
}

function refuseElsewhere(findings: readonly FindingAnswer[] = [], where: { application: string; repository?: string }): void {
  for (const [index, { repository, application }] of findings.entries()) {
    if (where.repository !== undefined && repository !== where.repository)
      throw unprocessable(`/findings/${index}`, `is in ${repository}, not in ${where.repository}`);
    if (application !== where.application)
      throw unprocessable(
        `/findings/${index}`,
        `belongs to the application ${application}: one exception covers findings of one application`,
      );
  }
}

function refuseOutOfScope(application: string, caller: Identity): void {
  if (application !== everyApplication) {
    if (!sees(caller, application)) throw new Problem(403, 'out_of_scope', `your token does not cover the application ${application}`);
    return;
  }
  if (caller.applications !== '*' || !grants(caller.rights, 'approvals:write'))
    throw new Problem(
      403,
      'wide_scope',
      'an exception for every application is asked for by those who approve everywhere: name one application',
    );
}

function namedOf({ id, title, severity, cve }: FindingAnswer): WaivedFinding {
  return make(WaivedFinding, { id, title, severity, ...(cve === undefined ? {} : { cve }) });
}

function unprocessable(pointer: string, detail: string): Problem {
  return new Problem(422, 'waiver_refused', 'the exception cannot be asked for like this', [{ pointer, detail }]);
}
