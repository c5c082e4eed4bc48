import type { FetchedDocument } from '../world/world.ts';

interface Kept {
  readonly document: FetchedDocument;
  readonly until: number;
  readonly size: number;
}

/** Documents for a while, the oldest dropped when they take too much room. */
export class DocumentCache {
  private readonly kept = new Map<string, Kept>();
  private size = 0;

  constructor(private readonly maxSize: number) {}

  get(key: string, now = Date.now()): FetchedDocument | undefined {
    const found = this.kept.get(key);
    if (found === undefined) return undefined;
    if (found.until > now) return found.document;
    this.drop(key);
    return undefined;
  }

  set(key: string, document: FetchedDocument, forMs: number, now = Date.now()): void {
    this.drop(key);
    const size = 'text' in document ? document.text.length : 100;
    this.kept.set(key, { document, until: now + forMs, size });
    this.size += size;
    for (const oldest of this.kept.keys()) {
      if (this.size <= this.maxSize || oldest === key) break;
      this.drop(oldest);
    }
  }

  private drop(key: string): void {
    this.size -= this.kept.get(key)?.size ?? 0;
    this.kept.delete(key);
  }
}
