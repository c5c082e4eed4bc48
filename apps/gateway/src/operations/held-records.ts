import { Injectable } from '@nestjs/common';
import {
  HeldRecordsReplayed,
  make,
  serviceNames,
  type HeldRecordAnswer,
  type HeldRecordQuery,
  type HeldRecordsQuery,
  type Page,
  type ServiceName,
} from '@throughline/contracts';
import { decodeCursor, defaultLimit, encodeCursor, Problem, type ServiceRequest } from '@throughline/service';
import { OwnCalls } from './own-calls.ts';

const base = '/api/v1/held-records';

/** What any service could not handle: each keeps its own, here they are one list, service by service. */
@Injectable()
export class HeldRecords {
  constructor(private readonly calls: OwnCalls) {}

  async page(request: ServiceRequest, { limit = defaultLimit, cursor, state, consumer }: HeldRecordQuery): Promise<Page<HeldRecordAnswer>> {
    const [from, inner] = decodeCursor(cursor, 2) ?? [serviceNames[0], null];
    const items: HeldRecordAnswer[] = [];
    let next: string | null = inner === null ? null : String(inner);
    for (let at = Math.max(0, serviceNames.indexOf(from as ServiceName)); at < serviceNames.length; at += 1) {
      const service = serviceNames[at]!;
      const query = queryOf({ limit: String(limit - items.length), cursor: next ?? undefined, state, consumer });
      const page = await this.calls.call<Page<HeldRecordAnswer>>(request, 'GET', `${base}/${service}?${query}`).catch(noneWhenNotFound);
      items.push(...page.items);
      next = page.next;
      const following = next === null ? serviceNames[at + 1] : service;
      if (items.length >= limit) return { items, next: following ? encodeCursor([following, next]) : null };
    }
    return { items, next: null };
  }

  /** Finds the service that holds the record, and asks it. */
  async order(request: ServiceRequest, id: string, what: 'replay' | 'discard', body?: object): Promise<void> {
    const found = await Promise.all(serviceNames.map(async (service) => ((await this.holds(request, service, id)) ? service : undefined)));
    const service = found.find((name) => name !== undefined);
    if (!service) throw new Problem(404, 'not_found', 'no service holds this record');
    await this.calls.call(request, 'POST', `${base}/${service}/${id}/${what}`, body);
  }

  /** Service by service; of one that is away nothing is replayed, and the call says so. */
  async replayAll(request: ServiceRequest, { consumer, dryRun }: HeldRecordsQuery): Promise<HeldRecordsReplayed> {
    const sum = { records: 0, left: 0 };
    for (const service of serviceNames) {
      const url = `${base}/${service}/replays?${queryOf({ consumer, dryRun })}`;
      const { records, left } = await this.calls.call<HeldRecordsReplayed>(request, 'POST', url).catch(noneReplayed);
      sum.records += records;
      sum.left += left;
    }
    return make(HeldRecordsReplayed, sum);
  }

  private async holds(request: ServiceRequest, service: ServiceName, id: string): Promise<boolean> {
    try {
      await this.calls.call(request, 'GET', `${base}/${service}/${id}`);
      return true;
    } catch (error) {
      if (error instanceof Problem && error.status === 404) return false;
      throw error;
    }
  }
}

/** A service that takes no facts keeps no such list. */
function noneWhenNotFound(error: unknown): Page<HeldRecordAnswer> {
  if (error instanceof Problem && error.status === 404) return { items: [], next: null };
  throw error;
}

function noneReplayed(error: unknown): HeldRecordsReplayed {
  if (error instanceof Problem && error.status === 404) return make(HeldRecordsReplayed, { records: 0, left: 0 });
  throw error;
}

function queryOf(values: Readonly<Record<string, string | undefined>>): string {
  const given = Object.entries(values).filter((pair): pair is [string, string] => pair[1] !== undefined);
  return new URLSearchParams(given).toString();
}
