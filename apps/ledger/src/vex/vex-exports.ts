import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { Detection, FindingQuery, Triage, VexExportFormat } from '@throughline/contracts';
import { mostVexStatements, vexFormats, VexUnsayable, withoutVersion, type VexSaying } from '@throughline/findings';
import { signEnvelope } from '@throughline/policy';
import { Database, plannedAnew, Problem, rows, ServiceConfig, type Identity, type Tx } from '@throughline/service';
import { chunksOf } from '../bulk.ts';
import { exportName, refusePaging, type OutgoingExport } from '../findings/finding-exports.ts';
import { findingFilter } from '../findings/finding-filter.ts';
import { shownTriage, waiverInForce } from '../findings/shown-triage.ts';
import { VexKeys } from './vex-keys.ts';
import { vexNameOf } from './vex-product.ts';
import { VexRows, vexPage, type VexFinding } from './vex-rows.ts';

/** DSSE 1.0.2, protocol.md and envelope.md. */
export const envelopeMediaType = 'application/vnd.dsse.envelope.v1+json';

/** In which form it is wanted. */
export interface Wanted {
  readonly format: VexExportFormat;
  readonly signed: boolean;
}

/** What people, waivers and runs say of a finding. */
interface Standing {
  readonly number: string;
  readonly detection: Detection;
  readonly triage: Triage;
  readonly advisory: string | null;
  readonly rule: string;
  readonly fixedIn: string | null;
  readonly reason: string | null;
  readonly at: Date;
}

const cve = /^CVE-\d{4}-\d{4,19}$/;

/** Says to others which vulnerabilities affect what is here, and which do not. */
@Injectable()
export class VexExports {
  constructor(
    private readonly database: Database,
    private readonly table: VexRows,
    private readonly keys: VexKeys,
    private readonly config: ServiceConfig,
  ) {}

  /**
   * What is said of the vulnerabilities that the filters find. Throws `Problem` 400 for a filter that cannot be read, 422 when there
   * are too many, or the format has no place for them.
   */
  async open(query: FindingQuery, { format, signed }: Wanted, caller: Identity): Promise<OutgoingExport> {
    refusePaging(query);
    return this.database.transaction(async (tx) => {
      const at = new Date().toISOString();
      const sayings = await this.sayings(tx, query, caller);
      const { mediaType, extension } = vexFormats[format];
      const head = { id: this.idOf(query, caller), author: `Throughline at ${this.config.linkBase}`, at };
      const document = said(() => vexFormats[format].write(head, sayings));
      const text = Buffer.from(`${JSON.stringify(document)}\n`);
      if (!signed) return { name: exportName('vex', at, extension), contentType: mediaType, body: text };
      // A signature needs all of it at once.
      const body = Buffer.from(JSON.stringify(signEnvelope(mediaType, text, await this.keys.signing(tx))));
      return { name: exportName('vex', at, extension.replace(/json$/, 'dsse.json')), contentType: envelopeMediaType, body };
    });
  }

  private async sayings(tx: Tx, query: FindingQuery, caller: Identity): Promise<VexSaying[]> {
    const { where, params } = findingFilter(query, caller);
    const found = await rows<Standing>(
      tx,
      `${plannedAnew} select f.number, f.detection, ${shownTriage} as triage, f.advisory, f.rule,
         f.fixed_in as "fixedIn", said.reason, coalesce(said.at, f.first_seen) as at
       from finding f ${waiverInForce}
       left join lateral (select e.reason, e.at from finding_event e where e.finding_number = f.number and e.kind = 'triage' order by e.id desc limit 1)
         said on true
       where ${where} and f.class = 'vulnerability' order by f.number limit ${mostVexStatements + 1}`,
      params,
    );
    if (found.length > mostVexStatements)
      throw new Problem(422, 'too_many', `a VEX document has at most ${mostVexStatements} statements: narrow the filters`);
    const sayings: VexSaying[] = [];
    for (const chunk of chunksOf(found, vexPage)) {
      const known = await this.table.findings(tx, { numbers: chunk.map(({ number }) => number) }, '0');
      const byNumber = new Map(known.map((finding) => [finding.number, finding]));
      for (const standing of chunk) {
        const finding = byNumber.get(standing.number);
        if (finding) sayings.push(sayingOf(standing, finding));
      }
    }
    return sayings;
  }

  /** The same for the same question of somebody who sees the same: a newer document takes the place of an older one. */
  private idOf(query: object, { applications }: Identity): string {
    const asked = JSON.stringify([Object.entries(query).sort(), applications]);
    return `${this.config.linkBase}/vex/${createHash('sha256').update(asked).digest('hex').slice(0, 32)}`;
  }
}

function said(write: () => object): object {
  try {
    return write();
  } catch (error) {
    throw error instanceof VexUnsayable ? new Problem(422, 'unprocessable', error.message) : error;
  }
}

function sayingOf(standing: Standing, { names, cve: known, repository, inUse }: VexFinding): VexSaying {
  const { advisory, rule, reason, fixedIn, at } = standing;
  const vulnerability = known ?? advisory ?? rule;
  // A record that names two CVEs makes them not one.
  const aliases = [...new Set(names)].filter((name) => name !== vulnerability && !(cve.test(vulnerability) && cve.test(name))).sort();
  const status = statusOf(standing);
  // What has the fix is no version that is affected.
  const parts = inUse.map(({ purl }) => (status === 'fixed' ? withoutVersion(purl) : purl));
  return {
    vulnerability,
    aliases,
    product: vexNameOf(repository),
    parts: [...new Set(parts)].sort(),
    status,
    ...(reason !== null && reason !== '' && { reason }),
    ...(fixedIn !== null && { fixedIn }),
    at: at.toISOString(),
  };
}

/** Nobody has said yet whether what is new, or is being looked at, affects anything. */
function statusOf({ detection, triage }: Standing): VexSaying['status'] {
  if (detection === 'resolved') return 'fixed';
  if (triage === 'not_affected' || triage === 'false_positive') return 'not_affected';
  return triage === 'exploitable' || triage === 'risk_accepted' ? 'affected' : 'under_investigation';
}
