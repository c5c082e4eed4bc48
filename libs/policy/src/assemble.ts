import type { Gate } from '@throughline/contracts';
import { latestItems, seriesOf, type Evidence, type EvidenceItem } from './evidence.ts';
import { maxFindings, worstFirst, type FactFinding, type FactLicence, type Facts, type FactScan, type FactSubject } from './facts.ts';

/** A finding that is present at a subject, before it is known whether the change adds it. */
export type PresentFinding = Omit<FactFinding, 'new'> & {
  /** A person found that it is not true: it does not count. */
  readonly dismissed?: boolean;
};

/** What an evaluated item says about its subject. */
export interface ItemContent {
  /** Two evaluations compare only when tool and ruleset are equal. */
  readonly ruleset: string;
  readonly findings: readonly PresentFinding[];
  /** Findings in all; more than `findings` when they are too many to be kept one by one. */
  readonly total: number;
  readonly notEvaluated: FactScan['notEvaluated'];
  readonly licences: readonly Omit<FactLicence, 'new'>[];
  readonly dataAsOf?: string;
}

/** The evidence of a subject with what its evaluated items say, by number. */
export interface Known {
  readonly evidence: Evidence;
  readonly contents: ReadonlyMap<number, ItemContent>;
}

/** All that the facts about a subject are made from. */
export interface Snapshot extends Known {
  readonly gate: Gate;
  readonly subject: FactSubject;
  /**
   * What it is compared with. `none`: nothing, all is new. `open`: it is still being evaluated. A commit that stands on several
   * lines has a base on each.
   */
  readonly base: 'none' | 'open' | readonly Known[];
  /** What people said about findings since they were evaluated, by id: dismissed, or counting again. */
  readonly triaged?: ReadonlyMap<string, boolean>;
  readonly unknown?: readonly string[];
}

/** Makes the facts document: what is new is what is not present at every base for the same tool and ruleset. */
export function assemble(snapshot: Snapshot): Facts {
  const { evidence, base } = snapshot;
  const items = latestItems(evidence.items);
  const comparable = typeof base === 'string' ? [] : base.map(contentsByRuleset);
  const pairs = items.flatMap((item) => {
    const content = counting(contentOf(snapshot, item), snapshot.triaged);
    return content ? [{ content, before: comparable.map((contents) => contents.get(rulesetKey(item, content))) }] : [];
  });
  const findings = worstFirst(mergedFindings(pairs));
  const beyond = pairs.reduce((sum, { content }) => sum + content.total - content.findings.length, 0);
  const added = findings.filter((finding) => finding.new).length;
  return {
    gate: snapshot.gate,
    subject: snapshot.subject,
    throughSeq: evidence.plan?.throughSeq,
    planFailed: evidence.plan?.failed,
    unknown: snapshot.unknown,
    scans: evidence.items.map((item) => scanOf(item, snapshot.contents.get(item.seq))),
    base: typeof base === 'string' ? base : 'known',
    findings: findings.slice(0, maxFindings),
    total: findings.length + beyond,
    added: beyond > 0 && typeof base === 'string' ? added + beyond : added,
    licences: mergedLicences(pairs),
    dataAsOf: oldest(pairs),
  };
}

interface Pair {
  readonly content: ItemContent;
  /** The same tool and ruleset at each base. */
  readonly before: readonly (ItemContent | undefined)[];
}

function contentOf(known: Known, item: EvidenceItem): ItemContent | undefined {
  return item.state === 'evaluated' ? known.contents.get(item.seq) : undefined;
}

/** The content without what was dismissed. */
function counting(content: ItemContent | undefined, triaged: Snapshot['triaged']): ItemContent | undefined {
  if (!content) return undefined;
  const findings = content.findings.flatMap(({ dismissed, ...finding }) => ((triaged?.get(finding.id) ?? dismissed) ? [] : [finding]));
  return { ...content, findings, total: content.total - (content.findings.length - findings.length) };
}

function rulesetKey(item: EvidenceItem, content: ItemContent): string {
  return `${seriesOf(item)}\n${content.ruleset}`;
}

function contentsByRuleset(base: Known): ReadonlyMap<string, ItemContent> {
  const found = new Map<string, ItemContent>();
  for (const item of base.evidence.items) {
    const content = contentOf(base, item);
    if (!content) continue;
    const key = rulesetKey(item, content);
    const other = item.upload && found.get(key);
    // Several uploads of one tool each say a part.
    found.set(key, other ? { ...content, findings: [...other.findings, ...content.findings] } : content);
  }
  return found;
}

/** What every base has; nothing when there is no base. */
function inAll<T>(before: Pair['before'], namesIn: (content: ItemContent) => readonly T[]): (name: T) => boolean {
  const names = before.map((content) => new Set(content ? namesIn(content) : []));
  return (name) => names.length > 0 && names.every((each) => each.has(name));
}

/** Each finding once. It is old when any tool that reports it reported it at every base too. */
function mergedFindings(pairs: readonly Pair[]): readonly FactFinding[] {
  const merged = new Map<string, FactFinding>();
  for (const { content, before } of pairs) {
    const isOld = inAll(before, (base) => base.findings.map(({ id }) => id));
    for (const finding of content.findings) {
      const other = merged.get(finding.id);
      const isNew = !isOld(finding.id) && (other?.new ?? true);
      const tools = [...new Set([...(other?.tools ?? []), ...finding.tools])].sort();
      merged.set(finding.id, { ...finding, tools, new: isNew });
    }
  }
  return [...merged.values()];
}

function mergedLicences(pairs: readonly Pair[]): readonly FactLicence[] {
  const merged = new Map<string, FactLicence>();
  for (const { content, before } of pairs) {
    const isOld = inAll(before, (base) => base.licences.map(({ licence }) => licence));
    for (const each of content.licences) {
      const other = merged.get(each.licence);
      const components = each.components + (other?.components ?? 0);
      merged.set(each.licence, { ...each, components, new: !isOld(each.licence) && (other?.new ?? true) });
    }
  }
  return [...merged.values()].sort((a, b) => (a.licence < b.licence ? -1 : 1));
}

function scanOf({ seq, tool, finds, state, reason, upload }: EvidenceItem, content: ItemContent | undefined): FactScan {
  return { seq, tool, finds, state, reason, notEvaluated: content?.notEvaluated ?? [], ...(upload && { upload }) };
}

function oldest(pairs: readonly Pair[]): string | undefined {
  const times = pairs.flatMap(({ content }) => (content.dataAsOf === undefined ? [] : [content.dataAsOf]));
  return times.sort()[0];
}
