import { Injectable } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { Database } from '../database/database.ts';

/** Something without which the service cannot do its work; any provider that extends this is asked. */
export abstract class ReadinessCheck {
  /** Short noun, as shown: `kafka`. */
  abstract readonly name: string;
  /** Throws when it is not ready; the message is shown to operators. One that looks at several things answers a result for each. */
  abstract check(): Promise<void | readonly CheckResult[]>;
}

/** What one check said. */
export interface CheckResult {
  readonly name: string;
  readonly ok: boolean;
  readonly detail?: string;
}

const checkMs = 3_000;

/** Asks all checks of the service. */
@Injectable()
export class Readiness {
  constructor(
    private readonly modules: ModulesContainer,
    private readonly database: Database,
  ) {}

  async results(): Promise<CheckResult[]> {
    const providers = [...this.modules.values()].flatMap((module) => [...module.providers.values()]);
    const checks = new Set(providers.map(({ instance }) => instance).filter((instance) => instance instanceof ReadinessCheck));
    const asked = [...checks].map((check) => ask(check.name, () => check.check()));
    const database = ask('database', async () => void (await this.database.rows('select 1')));
    return (await Promise.all([database, ...asked])).flat();
  }
}

async function ask(name: string, check: () => Promise<void | readonly CheckResult[]>): Promise<readonly CheckResult[]> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${checkMs} ms`)), checkMs);
  });
  try {
    return (await Promise.race([check(), late])) ?? [{ name, ok: true }];
  } catch (error) {
    return [{ name, ok: false, detail: (error as { code?: string }).code ?? (error as Error).message.slice(0, 200) }];
  } finally {
    clearTimeout(timer);
  }
}
