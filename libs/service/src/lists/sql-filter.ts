/** Conditions of a list, gathered with their parameters. */
export class SqlFilter {
  private readonly conditions: string[] = [];

  /** Conditions that belong inside another condition share its parameters. */
  constructor(readonly params: unknown[] = []) {}

  /** Adds a parameter and answers its placeholder. */
  param(value: unknown): string {
    this.params.push(value);
    return `$${this.params.length}`;
  }

  and(condition: string): void {
    this.conditions.push(condition);
  }

  /** Adds a condition with the value in the place of each `?`; none for a value that is not given. */
  narrow(condition: string, value: unknown): void {
    if (value !== undefined) this.and(condition.replaceAll('?', this.param(value)));
  }

  /** `true` when nothing was added. */
  get where(): string {
    return this.conditions.length === 0 ? 'true' : this.conditions.join('\n  and ');
  }
}
