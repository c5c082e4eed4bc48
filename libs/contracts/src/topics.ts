import { factClasses, factMeta } from './fact.ts';
import type { ServiceName } from './services.ts';

/** The topic of a subject; `prefix` is for clusters that are shared. */
export function topicName(subject: string, prefix = ''): string {
  return `${prefix}throughline.${subject}.v1`;
}

/** Who reads which topic. The writers are declared on the fact classes. */
const readers: Readonly<Record<string, readonly ServiceName[]>> = {
  change: ['scanner-orchestrator', 'ledger', 'chain', 'policy-engine', 'remediation', 'notifier', 'gateway'],
  evidence: ['ledger', 'chain', 'policy-engine', 'gateway'],
  finding: ['policy-engine', 'remediation', 'notifier', 'scanner-orchestrator', 'chain', 'gateway'],
  advisory: ['remediation', 'notifier', 'policy-engine', 'chain'],
  policy: ['gateway', 'ingest', 'scanner-orchestrator', 'ledger', 'remediation', 'notifier', 'chain'],
  decision: ['ledger', 'remediation', 'notifier', 'chain', 'gateway'],
  alert: ['ledger', 'remediation', 'chain', 'gateway'],
  remediation: ['ledger', 'notifier', 'chain', 'gateway'],
  delivery: ['chain', 'gateway'],
  audit: ['chain'],
};

export interface Topic {
  readonly topic: string;
  readonly writers: readonly ServiceName[];
  readonly readers: readonly ServiceName[];
}

/** Every topic with who writes and who reads it: the source of `deploy/topics.json` and of the access lists. */
export function topics(): readonly Topic[] {
  const bySubject = new Map<string, Set<ServiceName>>();
  for (const cls of factClasses()) {
    const meta = factMeta(cls);
    const writers = bySubject.get(meta.topic) ?? new Set();
    bySubject.set(meta.topic, writers.add(meta.writer));
  }
  return [...bySubject]
    .map(([subject, writers]) => ({ topic: topicName(subject), writers: [...writers].sort(), readers: readers[subject] ?? [] }))
    .sort((a, b) => (a.topic < b.topic ? -1 : 1));
}
