import { isWithin } from './vex-scope.ts';
import { vexProductOf } from './vex-product.ts';

/** A statement, with what its account is trusted for. */
export interface Spoken {
  readonly number: string;
  readonly names: readonly string[];
  readonly status: string;
  readonly identity: string;
  readonly product: string;
  readonly productKey: string | null;
  readonly component: string | null;
  readonly at: Date;
  readonly scopes: readonly string[];
}

/** A package as it is in use where the finding is. */
export interface InUse {
  readonly purl: string;
  readonly version: string;
}

/** A finding as statements speak about it. */
export interface About {
  readonly repository: string;
  readonly cve: string | null;
  /** Other ids of its advisories. */
  readonly names: readonly string[];
  /** Every affected version that is in use today. */
  readonly inUse: readonly InUse[];
}

const cve = /^CVE-/i;

/** Whether a statement is about the vulnerability of a finding. An advisory that names two CVEs does not make them one. */
export function namesIt(names: readonly string[], finding: About): boolean {
  const cves = names.filter((name) => cve.test(name));
  if (finding.cve !== null && cves.length > 0) return cves.includes(finding.cve);
  return names.some((name) => name === finding.cve || finding.names.includes(name));
}

/** Whether its account is trusted for the product that it is about. */
export function isTrusted({ productKey, scopes }: Pick<Spoken, 'productKey' | 'scopes'>): boolean {
  return productKey !== null && isWithin(productKey, scopes);
}

/** Whether a statement is about one version of the package of a finding. */
export function speaksOf({ product, component }: Pick<Spoken, 'product' | 'component'>, { repository }: About, used: InUse): boolean {
  const whole = vexProductOf(product);
  if (!whole) return false;
  if (whole.kind === 'package') return component === null && isPackage(product, used);
  // What is said of one commit or one digest is nothing that is said of all of them.
  return whole.key === repository && whole.version === undefined && (component === null || isPackage(component, used));
}

/**
 * The statement by which a finding is not affected: for every version in use, the newest that each trusted account says
 * of it. One account that says otherwise, and one version of which nobody speaks, keep the finding as it is.
 */
export function acquittal(finding: About, statements: readonly Spoken[]): Spoken | undefined {
  const about = statements.filter((one) => isTrusted(one) && namesIt(one.names, finding));
  let last: Spoken | undefined;
  for (const used of finding.inUse) {
    const newest = newestByAccount(about.filter((one) => speaksOf(one, finding, used)));
    if (newest.length === 0 || newest.some(({ status }) => status !== 'not_affected')) return undefined;
    last = newest[0];
  }
  return last;
}

function newestByAccount(statements: readonly Spoken[]): readonly Spoken[] {
  const newest = new Map<string, number>();
  for (const { identity, at } of statements) newest.set(identity, Math.max(newest.get(identity) ?? 0, at.getTime()));
  return statements.filter(({ identity, at }) => newest.get(identity) === at.getTime());
}

/** A statement without version speaks of all; its qualifiers must be those of the package. */
function isPackage(text: string, { purl, version }: InUse): boolean {
  const [said, here] = [vexProductOf(text), vexProductOf(purl)];
  if (said?.kind !== 'package' || said.key !== here?.key) return false;
  if (said.version !== undefined && said.version !== version) return false;
  return Object.entries(said.qualifiers).every(([name, value]) => here.qualifiers[name] === value);
}
