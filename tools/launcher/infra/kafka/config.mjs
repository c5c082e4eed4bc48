/** The broker's own accounts; services get one each, by their names. */
export const ADMIN = 'admin';
export const CONTROLLER = 'controller';

const DAY = 24 * 60;

/**
 * The settings of a one-node KRaft broker that lets nobody in without a password and nobody do what no rule allows.
 * @param {{ folder: string, port: number, controllerPort: number, adminPassword: string, controllerPassword: string, sessionMs?: number, bind?: string, host?: string }} given
 *   `bind`: where the clients' listener listens, inside a container all addresses; `host`: the name that clients are told; `sessionMs`: how long after a crash the controller waits before it takes the same broker back
 * @returns {string} a properties file; it holds passwords
 */
export function serverProperties({
  folder,
  port,
  controllerPort,
  adminPassword,
  controllerPassword,
  sessionMs = 6_000,
  bind = '127.0.0.1',
  host = '127.0.0.1',
}) {
  const login = (module, name, password, more = '') =>
    `org.apache.kafka.common.security.${module} required username="${name}" password="${password}"${more};`;
  const settings = {
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
    listeners: `CLIENT://${bind}:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    'advertised.listeners': `CLIENT://${host}:${port}`,
    'listener.security.protocol.map': 'CLIENT:SASL_PLAINTEXT,CONTROLLER:SASL_PLAINTEXT',
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': 'CLIENT',
    'sasl.enabled.mechanisms': 'SCRAM-SHA-256',
    'sasl.mechanism.inter.broker.protocol': 'SCRAM-SHA-256',
    'sasl.mechanism.controller.protocol': 'PLAIN',
    'listener.name.client.scram-sha-256.sasl.jaas.config': login('scram.ScramLoginModule', ADMIN, adminPassword),
    'listener.name.controller.sasl.enabled.mechanisms': 'PLAIN',
    'listener.name.controller.plain.sasl.jaas.config': login(
      'plain.PlainLoginModule',
      CONTROLLER,
      controllerPassword,
      ` user_${CONTROLLER}="${controllerPassword}"`,
    ),
    'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
    'allow.everyone.if.no.acl.found': false,
    'super.users': `User:${ADMIN};User:${CONTROLLER}`,
    'auto.create.topics.enable': false,
    'broker.session.timeout.ms': sessionMs,
    'broker.heartbeat.interval.ms': 1_000,
    ...retention,
    ...oneNode,
    'log.dirs': `${folder}/data`,
  };
  return `${Object.entries(settings)
    .map(([name, value]) => `${name}=${value}`)
    .join('\n')}\n`;
}

/** An installation that was switched off for a week loses nothing: records 14 days, positions of readers a year. */
const retention = {
  'log.retention.minutes': 14 * DAY,
  'offsets.retention.minutes': 365 * DAY,
};

const oneNode = {
  'num.partitions': 4,
  'offsets.topic.num.partitions': 4,
  'offsets.topic.replication.factor': 1,
  'transaction.state.log.num.partitions': 4,
  'transaction.state.log.replication.factor': 1,
  'transaction.state.log.min.isr': 1,
  'share.coordinator.state.topic.num.partitions': 1,
  'share.coordinator.state.topic.replication.factor': 1,
  'share.coordinator.state.topic.min.isr': 1,
  'group.initial.rebalance.delay.ms': 0,
  // By default the cleaner alone takes 128 MB, half of this broker's heap.
  'log.cleaner.dedupe.buffer.size': 8 * 1024 * 1024,
  'num.network.threads': 2,
  'num.io.threads': 4,
};

/** @param {string} folder @returns {string} settings of java.util.logging: the broker's log, at most 30 MB */
export function loggingProperties(folder) {
  return `handlers=java.util.logging.FileHandler
.level=INFO
java.util.logging.FileHandler.pattern=${folder}/logs/kafka.%g.log
java.util.logging.FileHandler.limit=10485760
java.util.logging.FileHandler.count=3
java.util.logging.FileHandler.append=true
java.util.logging.FileHandler.formatter=java.util.logging.SimpleFormatter
java.util.logging.SimpleFormatter.format=%1$tFT%1$tT.%1$tL %4$s %3$s %5$s%6$s%n
`;
}

/** @param {string} username @param {string} password @returns {string} how Kafka's own tools log in */
export function clientProperties(username, password) {
  return `security.protocol=SASL_PLAINTEXT
sasl.mechanism=SCRAM-SHA-256
sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required username="${username}" password="${password}";
`;
}

/**
 * Arguments of `format`, one a line, for a file that the tool reads itself: arguments of a process are no secrets.
 * @param {{ settings: string, clusterId: string, users: Record<string, string> }} given name → password
 */
export function formatArguments({ settings, clusterId, users }) {
  const accounts = Object.entries(users).flatMap(([name, password]) => [
    '--add-scram',
    `SCRAM-SHA-256=[name=${name},iterations=4096,password=${password}]`,
  ]);
  return `${['format', '--config', settings, '--cluster-id', clusterId, ...accounts].join('\n')}\n`;
}
