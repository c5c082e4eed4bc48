import { setTimeout } from 'node:timers/promises';
import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Log } from '@throughline/service';
import { ScannerOrchestratorConfig } from '../config.ts';
import { scanners } from '../scanners/registry.ts';
import type { Scanner } from '../scanners/scanner.ts';
import { Slots } from '../slots.ts';
import { Toolbox, type ReadyTool } from '../tools/toolbox.ts';
import { canaryAlone, type Copy } from './copies.ts';
import { findRules, hasRules, type RuleFolder } from './rule-folder.ts';
import type { BoxProcess } from './sandbox/box-process.ts';
import { FoundSandbox } from './sandbox/ladder.ts';
import type { SandboxLevel } from './sandbox/sandbox.ts';
import { ScannerRunner, type ScanJob, type ScanResult } from './scanner-runner.ts';
import { WorkFolders } from './work-folders.ts';

/** The tools of a scanner that can run now. */
export interface Equipment {
  readonly tool?: ReadyTool;
  readonly masks?: ReadyTool;
  readonly rules?: RuleFolder;
}

/** What is known of a scanner's last canary. */
export interface CanaryRecord {
  readonly passed: boolean;
  readonly at: Date;
  readonly reason?: string;
}

/** Its rules mask secrets in what the others quote. */
const maskingScanner = 'secretlint';

const longestInstall = 10 * 60_000;

/** Says which scanners can run here, and runs them. */
@Injectable()
export class ScannerDesk implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly canaries = new Map<string, CanaryRecord>();
  private readonly slots = new Slots();
  private readonly stopping = new AbortController();

  constructor(
    private readonly runner: ScannerRunner,
    private readonly found: FoundSandbox,
    private readonly toolbox: Toolbox,
    private readonly folders: WorkFolders,
    private readonly log: Log,
    private readonly config: ScannerOrchestratorConfig,
  ) {}

  get sandbox(): SandboxLevel {
    return this.runner.sandbox.level;
  }

  /** Waits while tools are being installed, at most ten minutes: a plan made now would miss them. */
  async settled(signal: AbortSignal): Promise<void> {
    const until = Date.now() + longestInstall;
    while (Date.now() < until && (await this.toolbox.isInstalling())) await setTimeout(500, undefined, { signal });
  }

  canaryOf(scanner: Scanner): CanaryRecord | undefined {
    return this.canaries.get(scanner.name);
  }

  /** What the scanner needs, or why it cannot run. */
  async equip(scanner: Scanner): Promise<Equipment | string> {
    const masks = await this.masks();
    if (!scanner.tool) return masks;
    if (this.sandbox === 'none') return `no sandbox works here (${this.found.refused.join('; ')})`.slice(0, 400);
    const tool = await this.toolbox.find(scanner.tool);
    if (typeof tool === 'string') return tool;
    const rules = scanner.rules === undefined ? undefined : await findRules(this.config.rulesDir, scanner.rules);
    if (scanner.rules !== undefined && !rules) return `there are no rules in the folder ${scanner.rules}`;
    return { tool, ...masks, ...(rules && { rules }) };
  }

  /** The scanners that are part of a plan here: those of every installation, and those that somebody has asked for. */
  async chosen(): Promise<readonly Scanner[]> {
    const chosen = await Promise.all(scanners.map(async (scanner) => ((await this.isChosen(scanner)) ? [scanner] : [])));
    return chosen.flat();
  }

  async isChosen({ tool, rules }: Scanner): Promise<boolean> {
    if (tool?.asked && !(await this.toolbox.has(tool))) return false;
    return rules === undefined || hasRules(this.config.rulesDir, rules);
  }

  /** Runs the scanner on a copy; throws `ScanRefused` when the result does not count. */
  async scan(
    scanner: Scanner,
    copy: Copy,
    equipment: Equipment,
    { signal, ...o }: Pick<ScanJob, 'also' | 'weakSecrets' | 'signal'>,
  ): Promise<ScanResult> {
    const { folder, files, canary } = copy;
    const result = await this.slots.hold((slot) =>
      this.runner.run({ scanner, copy: folder, files, canary, ...equipment, ...o, slot, ...(signal && { signal }) }),
    );
    this.canaries.set(scanner.name, { passed: true, at: new Date() });
    return result;
  }

  /** Runs code of ours in a box, with the rules that mask secrets when they are installed; the box ends with the work. */
  async withBox<T>(
    file: string,
    task: (masks: string | undefined) => object,
    work: (box: BoxProcess) => Promise<T>,
    signal?: AbortSignal,
  ): Promise<T> {
    const { masks } = await this.masks();
    return this.slots.hold(async (slot) => {
      const box = this.runner.startOwn(file, task, { slot, masks, signal });
      try {
        return await work(box);
      } finally {
        box.kill('its work was over');
        await box.ended;
      }
    });
  }

  /** Each scanner proves itself on its canary alone before it is needed; nobody waits for it. */
  onApplicationBootstrap(): void {
    if (this.sandbox === 'none') this.log.warn({ refused: this.found.refused }, 'no sandbox works here: third-party scanners do not run');
    this.proveAll().catch((error: unknown) => this.log.warn({ error }, 'the scanners could not be tried'));
  }

  onModuleDestroy(): void {
    this.stopping.abort();
  }

  private async proveAll(): Promise<void> {
    const { signal } = this.stopping;
    await this.settled(signal).catch(() => undefined);
    for (const scanner of await this.chosen()) {
      if (signal.aborted) return;
      const equipment = await this.equip(scanner);
      if (typeof equipment === 'string') continue;
      try {
        await this.folders.within(async (folder) =>
          this.scan(scanner, await canaryAlone(scanner, folder), equipment, { also: [], signal }),
        );
      } catch (error) {
        if (signal.aborted) return;
        this.canaries.set(scanner.name, { passed: false, at: new Date(), reason: (error as Error).message });
        this.log.warn({ scanner: scanner.name, error }, 'a scanner does not find its canary');
      }
    }
  }

  private async masks(): Promise<{ masks?: ReadyTool }> {
    const tool = scanners.find(({ name }) => name === maskingScanner)?.tool;
    const found = tool && (await this.toolbox.find(tool));
    return found === undefined || typeof found === 'string' ? {} : { masks: found };
  }
}
