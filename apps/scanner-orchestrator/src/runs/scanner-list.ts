import { Injectable } from '@nestjs/common';
import type { ScannerState } from '@throughline/contracts';
import { ScannerDesk } from '../runner/scanner-desk.ts';
import { scanners } from '../scanners/registry.ts';
import type { Scanner } from '../scanners/scanner.ts';

/** The scanners as they stand on this machine. */
@Injectable()
export class ScannerList {
  constructor(private readonly desk: ScannerDesk) {}

  states(): Promise<ScannerState[]> {
    return Promise.all(scanners.map((scanner) => this.stateOf(scanner)));
  }

  private async stateOf(scanner: Scanner): Promise<ScannerState> {
    const chosen = await this.desk.isChosen(scanner);
    const equipment = await this.desk.equip(scanner);
    const canary = this.desk.canaryOf(scanner);
    const reason = typeof equipment === 'string' ? equipment : canary?.reason;
    return {
      name: scanner.name,
      finds: [...scanner.finds],
      ...(scanner.tool && { version: scanner.tool.version }),
      ruleset: scanner.ruleset,
      state: typeof equipment !== 'string' ? 'ready' : chosen ? 'unavailable' : 'not_added',
      ...(scanner.tool?.asked && { tool: scanner.tool.name, megabytes: scanner.tool.asked.megabytes }),
      ...(reason !== undefined && { reason: reason.slice(0, 500) }),
      canary: canary === undefined ? 'not_run' : canary.passed ? 'passed' : 'failed',
      ...(canary && { canaryAt: canary.at.toISOString() }),
      sandbox: this.desk.sandbox,
    };
  }
}
