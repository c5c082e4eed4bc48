import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { LauncherError } from '../../errors.mjs';
import { give, kafkaUser } from '../users.mjs';
import { ADMIN, clientProperties, formatArguments } from './config.mjs';

const run = promisify(execFile);

/** Kafka's own command-line tools, run so that no password is seen in a process list or printed. */
export class KafkaTools {
  /** @param {import('./distribution.mjs').KafkaDistribution} distribution @param {string} folder of the broker */
  constructor(distribution, folder) {
    this.distribution = distribution;
    this.folder = folder;
  }

  /** @param {Record<string, string>} users name → password */
  async format(users) {
    const clusterId = Buffer.concat([Buffer.from([1]), randomBytes(15)]).toString('base64url');
    const settings = join(this.folder, 'server.properties');
    await this.withFile('format.args', formatArguments({ settings, clusterId, users }), (file) =>
      this.java('kafka.tools.StorageTool', [`@${file}`], 'make the data folder'),
    );
  }

  /** @param {string} broker @param {string} adminPassword @param {string} name @param {string} password */
  async addUser(broker, adminPassword, name, password) {
    await this.withFile('admin.properties', clientProperties(ADMIN, adminPassword), (login) =>
      this.withFile('user.properties', `SCRAM-SHA-256=[iterations=4096,password=${password}]\n`, (account) =>
        this.java(
          'kafka.admin.ConfigCommand',
          [
            '--bootstrap-server',
            broker,
            '--command-config',
            login,
            '--alter',
            '--add-config-file',
            account,
            '--entity-type',
            'users',
            '--entity-name',
            name,
          ],
          `add the user ${name}`,
        ),
      ),
    );
  }

  async withFile(name, content, use) {
    const file = join(this.folder, name);
    rmSync(file, { force: true });
    writeFileSync(file, content, { mode: 0o600, flag: 'wx' });
    give(file, kafkaUser());
    try {
      await use(file);
    } finally {
      rmSync(file, { force: true });
    }
  }

  async java(main, args, intent) {
    const { java, jars } = this.distribution;
    const flags = ['-Xmx128m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-XX:-UsePerfData', `-Djava.io.tmpdir=${this.folder}/tmp`];
    try {
      await run(java.path, [...flags, '-cp', `${jars}/*`, main, ...args], {
        ...kafkaUser(),
        cwd: this.folder,
        env: { PATH: process.env.PATH, LC_ALL: 'C.UTF-8' },
        timeout: 120_000,
      });
    } catch (cause) {
      // What the tool printed repeats the accounts with their passwords, so only its last word is passed on, without them.
      const said = String(cause.stderr ?? '')
        .split('\n')
        .filter((line) => !/password/i.test(line))
        .slice(-5)
        .join(' ')
        .trim();
      throw new LauncherError('KAFKA_TOOL', `Kafka's ${main} could not ${intent} in ${this.folder}: ${said || `exit ${cause.code}`}`);
    }
  }
}
