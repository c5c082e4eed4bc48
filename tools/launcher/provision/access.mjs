import { eventually } from '../wait.mjs';

/**
 * What each service may do on the broker, as a set of rules that can be compared: it writes its own topics, reads those that
 * it subscribes to, and joins groups that begin with its name.
 * @typedef {{ resourceType: number, resourceName: string, resourcePatternType: number, principal: string, host: string, operation: number, permissionType: number }} Rule
 */

/**
 * @param {readonly import('./topics.mjs').Topic[]} topics @param {readonly string[]} services
 * @param {typeof import('kafkajs')} kafkajs @returns {Rule[]}
 */
export function accessRules(topics, services, { AclResourceTypes, AclOperationTypes, AclPermissionTypes, ResourcePatternTypes }) {
  const allow = (service, resourceType, resourceName, operation, resourcePatternType = ResourcePatternTypes.LITERAL) => ({
    resourceType,
    resourceName,
    resourcePatternType,
    principal: `User:${service}`,
    host: '*',
    operation,
    permissionType: AclPermissionTypes.ALLOW,
  });
  const rules = [];
  for (const { topic, writers, readers } of topics) {
    for (const service of writers) rules.push(allow(service, AclResourceTypes.TOPIC, topic, AclOperationTypes.WRITE));
    for (const service of readers) rules.push(allow(service, AclResourceTypes.TOPIC, topic, AclOperationTypes.READ));
  }
  for (const service of services) {
    rules.push(allow(service, AclResourceTypes.CLUSTER, 'kafka-cluster', AclOperationTypes.IDEMPOTENT_WRITE));
    rules.push(allow(service, AclResourceTypes.GROUP, `${service}.`, AclOperationTypes.READ, ResourcePatternTypes.PREFIXED));
  }
  return rules;
}

/**
 * Makes the broker's rules equal to ours; one that nobody declared any more is taken away.
 * @param {import('kafkajs').Admin} admin @param {readonly import('./topics.mjs').Topic[]} topics @param {readonly string[]} services
 */
export async function provisionAccess(admin, topics, services) {
  const { default: kafkajs } = await import('kafkajs');
  const wanted = accessRules(topics, services, kafkajs);
  const found = await rulesOf(admin, kafkajs);
  const missing = without(wanted, found);
  if (missing.length) await admin.createAcls({ acl: missing });
  const extra = without(found, wanted);
  if (extra.length) await admin.deleteAcls({ filters: extra });
  if (missing.length || extra.length) await untilInForce(admin, wanted, kafkajs);
}

/** The controller answers before the broker, which enforces the rules, has read them. */
async function untilInForce(admin, wanted, kafkajs) {
  await eventually(
    async () => {
      const found = await rulesOf(admin, kafkajs);
      return without(wanted, found).length === 0 && without(found, wanted).length === 0;
    },
    { within: 15_000, every: 20, what: "Kafka's access rules to be in force" },
  );
}

async function rulesOf(admin, { AclResourceTypes, AclOperationTypes, AclPermissionTypes, ResourcePatternTypes }) {
  const { resources } = await admin.describeAcls({
    resourceType: AclResourceTypes.ANY,
    resourcePatternType: ResourcePatternTypes.ANY,
    operation: AclOperationTypes.ANY,
    permissionType: AclPermissionTypes.ANY,
  });
  return resources.flatMap(({ acls, resourceType, resourceName, resourcePatternType }) =>
    acls.map(({ principal, host, operation, permissionType }) => ({
      resourceType,
      resourceName,
      resourcePatternType,
      principal,
      host,
      operation,
      permissionType,
    })),
  );
}

function without(rules, others) {
  const key = (rule) =>
    [rule.resourceType, rule.resourceName, rule.resourcePatternType, rule.principal, rule.host, rule.operation, rule.permissionType].join(
      '|',
    );
  const known = new Set(others.map(key));
  return rules.filter((rule) => !known.has(key(rule)));
}
