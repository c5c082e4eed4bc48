import { GitFailed } from './git-failed.ts';

/** So long a host is left alone that could not be reached: doubled from the first to the last while it stays away. */
const firstMs = 1_000;
const lastMs = 5_000;
const mostHosts = 1_000;

interface Outage {
  readonly error: GitFailed;
  readonly restMs: number;
  readonly until: number;
}

/**
 * Hosts that could not be reached a moment ago. Whoever asks for one of them is told the same at once: a host that is away has
 * hundreds of repositories, and a git process for each attempt at each of them would keep the processor from everybody else.
 */
export class HostOutages {
  private readonly away = new Map<string, Outage>();

  /** @param now milliseconds of a clock that does not go back */
  constructor(private readonly now: () => number = () => performance.now()) {}

  /** Throws the `GitFailed` of the last attempt at the host while it is left alone. */
  refuse(url: string): void {
    this.before(new URL(url).origin);
  }

  /** For how many milliseconds the host is left alone yet; undefined for one that is not known to be away. */
  restOf(url: string): number | undefined {
    const outage = this.away.get(new URL(url).origin);
    return outage && Math.max(0, outage.until - this.now());
  }

  /** Throws as `refuse` does; afterwards one at a time finds out anew. */
  async attempt<T>(url: string, work: () => Promise<T>): Promise<T> {
    const host = new URL(url).origin;
    const before = this.before(host);
    // Who comes while we ask is still told what was so before.
    if (before) this.note(host, before.error, before.restMs);
    try {
      const result = await work();
      this.away.delete(host);
      return result;
    } catch (error) {
      if (error instanceof GitFailed && error.hostAway) this.note(host, error, before ? Math.min(before.restMs * 2, lastMs) : firstMs);
      else this.away.delete(host);
      throw error;
    }
  }

  /** How the last attempt went, where it may be tried anew. */
  private before(host: string): Outage | undefined {
    const outage = this.away.get(host);
    if (outage && this.now() < outage.until) throw outage.error;
    return outage;
  }

  private note(host: string, error: GitFailed, restMs: number): void {
    this.away.delete(host);
    if (this.away.size >= mostHosts) this.away.delete(this.away.keys().next().value!);
    this.away.set(host, { error, restMs, until: this.now() + restMs });
  }
}
