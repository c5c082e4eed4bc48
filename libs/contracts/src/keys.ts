/** Chain keys: what facts name so that the chain can join them (`docs/events.md`). */
export const keys = {
  commit: (repository: string, commit: string): string => `commit:${repository}@${commit}`,
  change: (repository: string, number: number): string => `change:${repository}#${number}`,
  plan: (repository: string, commit: string): string => `plan:${repository}@${commit}`,
  scan: (repository: string, commit: string, seq: number): string => `scan:${repository}@${commit}#${seq}`,
  evaluation: (repository: string, commit: string, seq: number): string => `evaluation:${repository}@${commit}#${seq}`,
  decision: (id: string): string => `decision:${id}`,
  waiver: (id: string): string => `waiver:${id}`,
  alert: (id: string): string => `alert:${id}`,
  proposal: (id: string): string => `proposal:${id}`,
  fix: (id: string): string => `fix:${id}`,
  delivery: (id: string): string => `delivery:${id}`,
  artifact: (digest: string): string => `digest:${digest}`,
  advisory: (id: string): string => `advisory:${id}`,
} as const;

/** The subject of evidence, findings and decisions about source: `<repository>@<commit>`. */
export function commitSubject(repository: string, commit: string): string {
  return `${repository}@${commit}`;
}
