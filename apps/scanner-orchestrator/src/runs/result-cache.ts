import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Blobs } from '@throughline/blobs';
import { sha256 } from '@throughline/contracts';
import { Retention } from '@throughline/messaging';
import { Database, rows, type Tx } from '@throughline/service';
import { FindingKeys } from '../runner/finding-key.ts';
import type { Equipment } from '../runner/scanner-desk.ts';
import type { ScanResult } from '../runner/scanner-runner.ts';
import type { SandboxLevel } from '../runner/sandbox/sandbox.ts';
import type { Scanner } from '../scanners/scanner.ts';
import type { ScanItem } from './scan-items.ts';

/** A result of a tool that is no longer installed is asked for by nobody; one of today's is made anew this often. */
const keptDays = 90;

const ended = `
  delete from result_cache where key in (select key from result_cache where created_at < $1 order by created_at limit $2) returning 1`;

/** Results of earlier runs on equal input. Only our own runs in a sandbox fill it. */
@Injectable()
export class ResultCache implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly blobs: Blobs,
    private readonly keys: FindingKeys,
    private readonly retention: Retention,
  ) {}

  onModuleInit(): void {
    this.retention.keep('results', keptDays, ended);
  }

  /** All that decides a result: bytes of the tools, rules, adapter, sandbox, keys of secrets, and what is read of the tree. */
  keyOf(
    scanner: Scanner,
    { tool, masks }: Equipment,
    sandbox: SandboxLevel,
    { input, ruleset, request }: Pick<ScanItem, 'input' | 'ruleset' | 'request'>,
  ): string {
    const { name, adapter, finds } = scanner;
    const tools = [tool?.closure ?? null, masks?.closure ?? null, sandbox];
    // Weak secrets have names of their own in each repository.
    const names = finds.includes('secret') ? [request.repository, ...this.keys.all.map(({ check }) => check)] : [];
    return sha256(JSON.stringify([name, adapter, ruleset, ...tools, names, input]));
  }

  async find(key: string): Promise<ScanResult | undefined> {
    const [row] = await this.database.rows<Omit<ScanResult, 'sandbox'>>(
      'select report, findings, components, ecosystems from result_cache where key = $1',
      [key],
    );
    return row && (await this.blobs.has(row.report)) ? { ...row, sandbox: 'namespaces' } : undefined;
  }

  async keep(
    tx: Tx,
    key: string,
    of: { readonly tool: string; readonly input: string },
    { report, findings, components, ecosystems, sandbox }: ScanResult,
  ): Promise<void> {
    if (sandbox === 'none') return;
    await rows(
      tx,
      `insert into result_cache (key, report, findings, components, ecosystems, tool, input) values ($1, $2, $3, $4, $5, $6, $7)
       on conflict (key) do update set report = excluded.report, findings = excluded.findings, components = excluded.components,
         ecosystems = excluded.ecosystems, created_at = now()`,
      [key, report, findings, components, [...ecosystems], of.tool, of.input],
    );
  }
}
