/** The services of the platform, each with its own schema, principal and key. */
export const serviceNames = [
  'ingest',
  'scanner-orchestrator',
  'ledger',
  'chain',
  'policy-engine',
  'remediation',
  'notifier',
  'gateway',
] as const;

export type ServiceName = (typeof serviceNames)[number];
