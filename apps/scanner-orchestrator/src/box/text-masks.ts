import { repositoryPath, type RawFinding } from '@throughline/findings';
import { hideAll, secretsIn } from './masks.ts';
import type { SecretRules } from './secret-rules.ts';

const batchSize = 200;
const mostKnown = 10_000;
/** Blank lines: no rule looks over them, and no text runs into the next. */
const between = '\n\n\n';

type Settled = Omit<RawFinding, 'endLine' | 'hides' | 'sha1' | 'redacted'>;

/** Takes secrets out of what a foreign report says about findings, and puts their paths into the repository. */
export class TextMasks {
  private batch: RawFinding[] = [];
  /** Values that the report itself calls secret. */
  private readonly known = new Set<string>();

  private readonly rules: SecretRules | undefined;

  /** Without rules only titles are kept: other texts quote the repository. */
  constructor(rules: SecretRules | undefined) {
    this.rules = rules;
  }

  /** Findings that are ready; they come in batches, because looking at one text at a time takes long. */
  async take(finding: RawFinding): Promise<readonly Settled[]> {
    this.batch.push(finding);
    for (const value of [finding.secret ?? '', ...(finding.hides ?? [])])
      if (value.length >= 4 && this.known.size < mostKnown) this.known.add(value);
    return this.batch.length < batchSize ? [] : this.rest();
  }

  async rest(): Promise<readonly Settled[]> {
    const batch = this.batch.splice(0);
    const found = this.rules ? await secretsIn(this.rules, 'report.txt', batch.flatMap(textsOf).join(between)) : [];
    const values = [...new Set([...this.known, ...found])];
    return batch.map((finding) => this.settle(finding, values));
  }

  private settle(
    { endLine: _line, sha1: _digest, redacted: _around, hides, path, title, description, snippet, resource, ...rest }: RawFinding,
    values: readonly string[],
  ): Settled {
    const hidden = [...values, ...(hides ?? [])];
    const hide = (text: string): string => hideAll(text, hidden);
    const inside = path === undefined ? undefined : repositoryPath(path);
    return {
      ...rest,
      title: hide(title),
      ...(description !== undefined && this.rules && { description: hide(description) }),
      ...(snippet !== undefined && this.rules && { snippet: hide(snippet) }),
      ...(resource !== undefined && { resource: hide(resource) }),
      ...(inside !== undefined && { path: hide(inside) }),
    };
  }
}

function textsOf({ title, description, snippet, resource, path }: RawFinding): readonly string[] {
  return [title, description, snippet, resource, path].flatMap((text) => text ?? []);
}
