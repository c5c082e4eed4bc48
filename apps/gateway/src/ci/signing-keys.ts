import { Injectable } from '@nestjs/common';
import { Log, Outbound, parseJson, Problem } from '@throughline/service';
import { createLocalJWKSet, type JSONWebKeySet, type JWK } from 'jose';
import { Clock } from '../access/clock.ts';

/** Keys of an issuer, by the header of a token. */
type KeySet = ReturnType<typeof createLocalJWKSet>;

interface Kept {
  readonly keys: KeySet;
  readonly ids: ReadonlySet<string>;
  readonly at: number;
}

const freshMs = 10 * 60_000;
/** So long an issuer may be away before jobs cannot come in. A key that it took back is not believed for longer. */
const keptMs = 60 * 60_000;
/** A token with a key id that nobody knows asks for the keys again, and not oftener. */
const askAgainMs = 30_000;
const whileAwayMs = 2_000;
const mostIssuers = 100;
const mostKeys = 50;

/** The keys of configured issuers, from their own discovery documents and never from where a token says. */
@Injectable()
export class SigningKeys {
  private readonly kept = new Map<string, Kept>();
  private readonly asking = new Map<string, Promise<Kept>>();
  private readonly askedAt = new Map<string, number>();

  constructor(
    private readonly outbound: Outbound,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  /** Throws `Problem` 503 when the issuer does not tell its keys. */
  async of(issuer: string, keyId: string): Promise<KeySet> {
    const now = this.clock.now().getTime();
    const known = this.kept.get(issuer);
    const kept = known && now - known.at < keptMs ? known : undefined;
    const sinceAsked = now - (this.askedAt.get(issuer) ?? -Infinity);
    if (kept && (sinceAsked < askAgainMs || (now - kept.at < freshMs && kept.ids.has(keyId)))) return kept.keys;
    if (!kept && sinceAsked < whileAwayMs && !this.asking.has(issuer)) throw away(issuer, 'it did not tell them a moment ago');
    try {
      return (await this.ask(issuer, now)).keys;
    } catch (error) {
      this.log.warn({ error, issuer }, 'an issuer of tokens does not tell its keys');
      if (kept) return kept.keys;
      throw away(issuer, error instanceof Error ? error.message : String(error));
    }
  }

  private ask(issuer: string, now: number): Promise<Kept> {
    const running = this.asking.get(issuer);
    if (running) return running;
    if (this.kept.size >= mostIssuers) this.kept.clear();
    if (this.askedAt.size >= mostIssuers) this.askedAt.clear();
    this.askedAt.set(issuer, now);
    const asked = this.read(issuer)
      .then((keys) => {
        const kept = { keys: createLocalJWKSet({ keys }), ids: new Set(keys.flatMap(({ kid }) => kid ?? [])), at: now };
        this.kept.set(issuer, kept);
        return kept;
      })
      .finally(() => this.asking.delete(issuer));
    this.asking.set(issuer, asked);
    return asked;
  }

  private async read(issuer: string): Promise<JWK[]> {
    const discovery = await this.get(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`);
    const { issuer: said, jwks_uri: address } = discovery as { issuer?: unknown; jwks_uri?: unknown };
    if (said !== issuer) throw new Error(`its discovery document is of ${JSON.stringify(said ?? null).slice(0, 200)}`);
    const target = typeof address === 'string' ? URL.parse(address) : null;
    if (target?.protocol !== URL.parse(issuer)?.protocol && target?.protocol !== 'https:')
      throw new Error('its discovery document names no address of keys that is as safe as its own');
    const { keys } = (await this.get(target!.href)) as Partial<JSONWebKeySet>;
    if (!Array.isArray(keys)) throw new Error('it answers no list of keys');
    return keys.slice(0, mostKeys).filter(isPublicKey);
  }

  private async get(url: string): Promise<object> {
    const { status, text } = await this.outbound.send({ method: 'GET', url, headers: { accept: 'application/json' }, timeoutMs: 5_000 });
    if (status !== 200) throw new Error(`${url} answers ${status}`);
    const parsed = parseJson(Buffer.from(text));
    if (typeof parsed !== 'object' || parsed === null) throw new Error(`${url} answers no document`);
    return parsed;
  }
}

/** A shared secret among the keys would let everybody sign who can read them. */
function isPublicKey(key: unknown): key is JWK {
  const { kty, use, kid } = (key ?? {}) as JWK;
  return ['RSA', 'EC', 'OKP'].includes(kty ?? '') && (use === undefined || use === 'sig') && typeof kid === 'string';
}

function away(issuer: string, why: string): Problem {
  return new Problem(503, 'issuer_away', `the keys of ${issuer} cannot be read: ${why}`.slice(0, 500), [], { 'retry-after': '10' });
}
