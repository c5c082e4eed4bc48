/** The services in the order in which they start; the gateway, being the public door, opens last. */
export const SERVICES = Object.freeze([
  'ingest',
  'scanner-orchestrator',
  'ledger',
  'chain',
  'policy-engine',
  'remediation',
  'notifier',
  'gateway',
]);

/** @param {string} service */
export const schemaOf = (service) => service.replaceAll('-', '_');

/** @param {string} service name of the variable that carries this service's address, e.g. `POLICY_ENGINE_URL` */
export const urlVariableOf = (service) => `${schemaOf(service).toUpperCase()}_URL`;
