import { setTimeout as sleep } from 'node:timers/promises';
import type { ServiceName } from '@throughline/contracts';
import type { Fault } from '../fault.ts';
import type { Server } from '../stage.ts';
import type { Weather } from '../way.ts';

/** SIGSTOP: alive for the kernel, dead for all others, and unaware of the time when it goes on. */
export function stopped(service: ServiceName): Fault {
  return {
    name: `stop ${service} for a while`,
    kind: 'stop',
    victims: [service],
    run: async (stage, { stopMs }) => {
      const { platform } = stage.shop;
      platform.signal(service, 'SIGSTOP');
      await sleep(stopMs);
      platform.signal(service, 'SIGCONT');
      await stage.ready([service]);
    },
  };
}

/** The way to a server is cut once, or bad for a while. */
export function network(service: ServiceName, server: Server, weather: Exclude<Weather, 'clear'> | 'cut'): Fault {
  return {
    name: `${service} to ${server}: ${weather}`,
    kind: `network to ${server}`,
    victims: [service],
    run: async (stage, { outageMs }) => {
      const way = stage.way(service, server);
      if (weather === 'cut') way.cut();
      else {
        way.turn(weather);
        await sleep(outageMs);
        way.turn('clear');
      }
      await stage.ready([service]);
    },
  };
}

/** The clock of one service is wrong for a while: it jumps, and jumps back. */
export function clock(service: ServiceName, seconds: number): Fault {
  return {
    name: `clock of ${service} ${seconds > 0 ? '+' : ''}${seconds} s`,
    kind: 'clock',
    victims: [service],
    run: async (stage, { outageMs }) => {
      stage.setClock(service, seconds * 1_000);
      await sleep(outageMs);
      stage.setClock(service, 0);
      await stage.ready([service]);
    },
  };
}
