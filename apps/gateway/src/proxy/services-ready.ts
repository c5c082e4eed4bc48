import { Injectable } from '@nestjs/common';
import { serviceNames } from '@throughline/contracts';
import { ReadinessCheck, type CheckResult } from '@throughline/service';
import { untraced } from '@throughline/telemetry';
import { request } from 'undici';
import { GatewayConfig } from '../config.ts';

const askMs = 2_500;
const rememberMs = 1_000;

interface Ready {
  readonly checks?: Readonly<Record<string, { readonly status: string; readonly detail?: string }>>;
}

/** Every other service by name, with what it lacks. */
@Injectable()
export class ServicesReady extends ReadinessCheck {
  override readonly name = 'services';

  private asked: Promise<readonly CheckResult[]> | undefined;

  constructor(private readonly config: GatewayConfig) {
    super();
  }

  /** Anybody may ask, so the services behind are asked once a second at most. */
  override check(): Promise<readonly CheckResult[]> {
    if (!this.asked) {
      this.asked = this.ask();
      setTimeout(() => (this.asked = undefined), rememberMs).unref();
    }
    return this.asked;
  }

  private ask(): Promise<readonly CheckResult[]> {
    return Promise.all(serviceNames.filter((name) => name !== 'gateway').map(async (name) => ask(name, this.config.urlOf(name))));
  }
}

async function ask(name: string, url: string): Promise<CheckResult> {
  if (!url) return { name, ok: false, detail: 'its address is not configured' };
  try {
    const { statusCode, body } = await untraced(() => request(`${url}/readyz`, { signal: AbortSignal.timeout(askMs) }));
    const said = (await body.json()) as Ready;
    const failed = Object.entries(said.checks ?? {}).filter(([, { status }]) => status !== 'ok');
    if (statusCode === 200) return { name, ok: true };
    return {
      name,
      ok: false,
      detail: failed
        .map(([part, { detail }]) => `${part}: ${detail ?? 'failed'}`)
        .join('; ')
        .slice(0, 300),
    };
  } catch {
    return { name, ok: false, detail: 'it does not answer' };
  }
}
