import { randomUUID } from 'node:crypto';
import type { CreatedSource } from '@throughline/contracts';
import { eventually } from '@throughline/testing';
import { push } from './api.ts';
import { GitRepository } from './git-repository.ts';

/** Longer than a killed service needs to come back on a machine that has other things to do. */
const patienceMs = 240_000;

/** A repository whose provider tells each push until it is acknowledged, with the same delivery id, one after the other. */
export class PushedRepository {
  /** Commits of the pushes that were acknowledged, in their order. */
  readonly accepted: string[] = [];
  private readonly git: GitRepository;
  private last: Promise<void> = Promise.resolve();
  private made = 0;
  private before: string | undefined;

  constructor(
    root: string,
    readonly name: string,
    private readonly source: CreatedSource,
    private readonly files: Readonly<Record<string, string>>,
  ) {
    this.git = new GitRepository(root, name);
  }

  /** Adds one privileged workload and pushes it; resolves when the push was acknowledged. */
  push(): Promise<void> {
    this.made += 1;
    const workload = `web-${this.made}`;
    const before = this.before;
    const after = this.git.commit(`Deploy ${workload}`, { ...this.files, [`deploy/${workload}.yaml`]: privileged(workload) });
    this.before = after;
    this.last = this.last.then(() => this.tell(before, after));
    return this.last;
  }

  private async tell(before: string | undefined, after: string): Promise<void> {
    const delivery = randomUUID();
    await eventually(async () => {
      const response = await push(this.source, { repository: this.name, ...(before ? { before } : {}), after, delivery });
      if (response.status !== 202)
        throw new Error(`the push of ${after} to ${this.name} was answered ${response.status}: ${await response.text()}`);
    }, patienceMs);
    this.accepted.push(after);
  }
}

/** A workload that no policy lets through. */
export function privileged(name: string): string {
  return `apiVersion: v1
kind: Pod
metadata:
  name: ${name}
spec:
  containers:
    - name: web
      image: registry.shop.example/web@sha256:${'0'.repeat(64)}
      securityContext:
        privileged: true
`;
}
