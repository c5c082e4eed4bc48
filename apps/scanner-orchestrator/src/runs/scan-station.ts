import { Injectable } from '@nestjs/common';
import { PermanentFailure } from '@throughline/messaging';
import type { Tx } from '@throughline/service';
import { makeCopy, select } from '../runner/copies.ts';
import { listTree } from '../runner/git/tree-listing.ts';
import { Mirrors } from '../runner/mirrors.ts';
import { ScanRefused } from '../runner/scan-refused.ts';
import { ScannerDesk, type Equipment } from '../runner/scanner-desk.ts';
import type { ScanResult } from '../runner/scanner-runner.ts';
import { WorkFolders } from '../runner/work-folders.ts';
import { scanners } from '../scanners/registry.ts';
import type { Scanner } from '../scanners/scanner.ts';
import { isChange } from '../tools/toolbox.ts';
import { rulesetOf } from './expected-item.ts';
import { ResultCache } from './result-cache.ts';
import type { ScanItem } from './scan-items.ts';
import { WeakSecrets } from './weak-secrets.ts';

/** A result, and how it came about. */
export interface Outcome {
  readonly result: ScanResult;
  readonly toolVersion: string;
  readonly cached: boolean;
  readonly durationMs: number;
  /** Keeps the result for equal input, in the transaction that reports it. */
  readonly keep: (tx: Tx) => Promise<void>;
}

/** Answers an item: from the cache, or by a run on a copy of the tree. */
@Injectable()
export class ScanStation {
  constructor(
    private readonly desk: ScannerDesk,
    private readonly mirrors: Mirrors,
    private readonly folders: WorkFolders,
    private readonly cache: ResultCache,
    private readonly weakSecrets: WeakSecrets,
  ) {}

  /** Throws `ScanRefused` when there is no result that counts. */
  async scan(item: ScanItem, signal: AbortSignal): Promise<Outcome> {
    const scanner = scanners.find(({ name }) => name === item.tool);
    if (!scanner) throw new PermanentFailure(`${item.tool} is no scanner of this version`);
    const equipment = await this.desk.equip(scanner);
    if (typeof equipment === 'string' && isChange(equipment)) throw new PermanentFailure(equipment);
    if (typeof equipment === 'string') throw new ScanRefused(`${item.tool}: ${equipment}`);
    if (rulesetOf(scanner, equipment) !== item.ruleset)
      throw new ScanRefused(`${item.tool}: its rules are others than when the evidence was planned`);
    const key = this.cache.keyOf(scanner, equipment, this.desk.sandbox, item);
    const started = Date.now();
    const known = await this.cache.find(key);
    const result = known ?? (await this.run(scanner, equipment, item, signal));
    return {
      result,
      toolVersion: equipment.tool?.version ?? scanner.ruleset,
      cached: known !== undefined,
      durationMs: Date.now() - started,
      keep: (tx) => (known ? Promise.resolve() : this.cache.keep(tx, key, item, result)),
    };
  }

  private async run(scanner: Scanner, equipment: Equipment, { request, input }: ScanItem, signal: AbortSignal): Promise<ScanResult> {
    const { git } = this.mirrors.of(request.repository);
    const selection = await select(scanner, await listTree(git, `${request.commit}^{commit}`));
    if (selection.digest !== input) throw new ScanRefused(`${scanner.name}: it reads other files now than when the evidence was planned`);
    return this.folders.within(async (folder) => {
      const copy = await makeCopy(git, scanner, selection, folder, signal);
      return this.desk.scan(scanner, copy, equipment, {
        also: selection.also,
        weakSecrets: this.weakSecrets.of(request.repository),
        signal,
      });
    });
  }
}
