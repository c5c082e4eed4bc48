import { chownSync, copyFileSync, existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { draftOf } from '../../cache.mjs';
import { LauncherError } from '../../errors.mjs';
import { readJson, tailOf, writePrivate } from '../../files.mjs';
import { cacheFolder } from '../../paths.mjs';
import { freePort } from '../../ports.mjs';
import { launchSupervised } from '../../processes/supervised.mjs';
import { eventually } from '../../wait.mjs';
import { BEHIND_CALLERS } from '../../processes/niceness.mjs';
import { give, kafkaUser } from '../users.mjs';
import { letsIn } from './client.mjs';
import { ADMIN, CONTROLLER, loggingProperties, serverProperties } from './config.mjs';
import { KafkaTools } from './tools.mjs';

/** One Kafka broker of our own: loopback only, an account for each service, ended with its parent. */
export class KafkaBroker {
  /**
   * @param {{ instance: import('../../instance.mjs').Instance, secrets: ReturnType<typeof import('../../secrets.mjs').openSecrets>,
   *   distribution: import('./distribution.mjs').KafkaDistribution, users: readonly string[], throwaway?: boolean, signal?: AbortSignal }} parts
   */
  constructor({ instance, secrets, distribution, users, throwaway = false, signal }) {
    this.instance = instance;
    this.secrets = secrets;
    this.distribution = distribution;
    this.users = users;
    this.throwaway = throwaway;
    this.signal = signal;
    this.folder = join(instance.data, 'kafka');
    this.tools = new KafkaTools(distribution, this.folder);
    this.logFile = join(instance.home, 'logs', 'kafka.out.log');
    this.archive = join(cacheFolder(), `kafka-${distribution.version}-${distribution.java.key}.jsa`);
  }

  get ports() {
    return this.instance.state.ports;
  }

  get brokers() {
    return [`127.0.0.1:${this.ports.kafka}`];
  }

  get admin() {
    return { username: ADMIN, password: this.secrets.get(`kafka/${ADMIN}`) };
  }

  async start() {
    for (const name of ['', 'logs', 'tmp', 'data']) this.makeFolder(join(this.folder, name));
    for (let attempt = 1; ; attempt++) {
      await this.choosePorts();
      if (!this.formatted) await this.format();
      try {
        await this.launch();
        return await this.addMissingUsers();
      } catch (error) {
        if (attempt === 3 || !this.lastWords().includes('Address already in use')) throw error;
      }
    }
  }

  get formatted() {
    return existsSync(join(this.folder, 'users.json'));
  }

  makeFolder(path) {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    give(path, kafkaUser());
  }

  async choosePorts() {
    const kafka = await freePort(this.ports.kafka);
    this.ports.kafka = kafka;
    this.ports.controller = await freePort(this.ports.controller, new Set([kafka]));
    this.write(
      'server.properties',
      serverProperties({
        folder: this.folder,
        port: kafka,
        controllerPort: this.ports.controller,
        adminPassword: this.admin.password,
        controllerPassword: this.secrets.get(`kafka/${CONTROLLER}`),
        sessionMs: this.throwaway ? 3_000 : undefined,
      }),
    );
    this.write('logging.properties', loggingProperties(this.folder));
  }

  write(name, content) {
    writePrivate(join(this.folder, name), content);
    give(join(this.folder, name), kafkaUser());
  }

  /** The list of users is written last: without it the folder counts as never made. */
  async format() {
    rmSync(join(this.folder, 'data'), { recursive: true, force: true });
    this.makeFolder(join(this.folder, 'data'));
    const names = [ADMIN, ...this.users];
    await this.tools.format(Object.fromEntries(names.map((name) => [name, this.secrets.get(`kafka/${name}`)])));
    this.write('users.json', JSON.stringify(names));
  }

  /** A service that a later version brings gets its account when the broker runs. */
  async addMissingUsers() {
    const known = readJson(join(this.folder, 'users.json'));
    for (const name of this.users.filter((user) => !known.includes(user))) {
      await this.tools.addUser(this.brokers[0], this.admin.password, name, this.secrets.get(`kafka/${name}`));
      known.push(name);
      this.write('users.json', JSON.stringify(known));
    }
  }

  async launch() {
    this.dumps = !this.throwaway && !existsSync(this.archive);
    rmSync(this.draftArchive, { force: true });
    const child = await launchSupervised({
      name: 'Kafka',
      command: this.distribution.java.path,
      args: this.arguments,
      stopSignal: 'SIGTERM',
      logFile: this.logFile,
      cwd: this.folder,
      env: { PATH: process.env.PATH, LC_ALL: 'C.UTF-8', TZ: 'UTC' },
      user: kafkaUser(),
      niceness: BEHIND_CALLERS,
    });
    this.child = child;
    this.instance.remember('kafka', child);
    await eventually(letsIn({ brokers: this.brokers, ...this.admin }, this.instance), {
      within: 120_000,
      every: 150,
      what: `Kafka to let its administrator in; its log is ${this.folder}/logs/kafka.0.log`,
      unless: () => {
        this.signal?.throwIfAborted();
        if (child.exit)
          throw new LauncherError(
            'KAFKA_START',
            `Kafka did not start (${child.exit.code ?? child.exit.signal}); its log is ${this.folder}/logs/kafka.0.log: ${this.lastWords()}`,
          );
      },
    });
  }

  get draftArchive() {
    return join(this.folder, 'classes.jsa');
  }

  /** Classes read once and kept in an archive halve what a start costs; the first clean stop writes it. */
  get arguments() {
    const archive = this.dumps
      ? [`-XX:ArchiveClassesAtExit=${this.draftArchive}`]
      : existsSync(this.archive)
        ? [`-XX:SharedArchiveFile=${this.archive}`]
        : [];
    return [
      '-Xmx256m',
      '-Xms64m',
      '-XX:+UseSerialGC',
      '-XX:TieredStopAtLevel=1',
      '-XX:-UsePerfData',
      '-XX:+ExitOnOutOfMemoryError',
      ...archive,
      '-Xlog:cds=off',
      '-Xlog:cds+dynamic=off',
      `-Djava.io.tmpdir=${this.folder}/tmp`,
      `-Djava.util.logging.config.file=${this.folder}/logging.properties`,
      '-cp',
      `${this.distribution.jars}/*`,
      'kafka.Kafka',
      join(this.folder, 'server.properties'),
    ];
  }

  lastWords() {
    return `${tailOf(this.logFile, 600)} ${tailOf(join(this.folder, 'logs', 'kafka.0.log'), 1_500)}`.trim();
  }

  async stop() {
    const clean = await this.child?.stop(this.dumps ? 45_000 : 10_000);
    this.instance.remember('kafka');
    // 143: ended by the signal, as it should.
    if (clean && this.dumps && this.child.exit.code === 143) this.keepArchive();
  }

  keepArchive() {
    if (!existsSync(this.draftArchive) || statSync(this.draftArchive).size === 0) return;
    const draft = `${draftOf(this.archive)}${process.pid}`;
    copyFileSync(this.draftArchive, draft);
    if (kafkaUser()) chownSync(draft, 0, 0);
    renameSync(draft, this.archive);
    rmSync(this.draftArchive);
  }

  async kill() {
    await this.child?.kill();
    this.instance.remember('kafka');
  }

  /** On the same port: clients know no other. */
  async restart() {
    if (this.child?.running) await this.stop();
    await this.launch();
  }
}
