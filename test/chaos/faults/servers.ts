import { serviceNames } from '@throughline/contracts';
import { eventually } from '@throughline/testing';
import { Missed, type Fault } from '../fault.ts';

/** SIGKILL for the broker, which then reads its log again. */
export const brokerKilled: Fault = {
  name: 'kill the broker',
  kind: 'broker',
  victims: [...serviceNames, 'broker'],
  run: async (stage) => {
    const { infra } = stage.shop.platform;
    await infra.killBroker();
    await infra.restartBroker();
    await stage.ready();
  },
};

/** The broker leaves in good order and comes back. */
export const brokerRestarted: Fault = {
  name: 'restart the broker',
  kind: 'broker',
  victims: [...serviceNames, 'broker'],
  run: async (stage) => {
    await stage.shop.platform.infra.restartBroker();
    await stage.ready();
  },
};

/** SIGKILL for Postgres, which then recovers from its log. */
export const postgresKilled: Fault = {
  name: 'kill Postgres',
  kind: 'Postgres',
  victims: [...serviceNames, 'postgres'],
  run: async (stage) => {
    const { infra } = stage.shop.platform;
    await infra.killPostgres();
    await infra.restartPostgres();
    await stage.ready();
  },
};

/** As `pg_ctl stop -m immediate` does it: every session ends at once, nothing is flushed. */
export const postgresAborted: Fault = {
  name: 'stop Postgres immediately',
  kind: 'Postgres',
  victims: [...serviceNames, 'postgres'],
  run: async (stage) => {
    const { infra } = stage.shop.platform;
    if (infra.provider !== 'local') throw new Missed('the process of this Postgres is not ours to signal');
    const [told] = await stage.shop.databases.rows<{ pid: number }>(
      'ingest',
      `select split_part(pg_read_file('postmaster.pid'), E'\\n', 1)::int as pid`,
    );
    process.kill(told!.pid, 'SIGQUIT');
    await eventually(() => expectGone(told!.pid), 30_000);
    await infra.restartPostgres();
    await stage.ready();
  },
};

/** Switched off for so long that the broker has forgotten who had read how far: all that it still has comes again. */
export const longAway: Fault = {
  name: 'switch all off until positions have expired',
  kind: 'a week away',
  victims: [...serviceNames],
  run: async (stage) => {
    const { platform } = stage.shop;
    await Promise.all(serviceNames.map((service) => platform.kill(service, 'SIGTERM')));
    await stage.broker.forgetGroups(platform.prefix);
    for (const service of serviceNames) platform.spawn(service);
    await stage.ready();
  },
};

function expectGone(pid: number): void {
  try {
    process.kill(pid, 0);
  } catch {
    return;
  }
  throw new Error(`process ${pid} is still there`);
}
