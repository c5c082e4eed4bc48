import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { readJson } from '../files.mjs';
import { firstTokenState, wayBackIn } from '../first-token.mjs';
import { refuseForeign } from '../instance.mjs';
import { holderOf } from '../lock.mjs';
import { tryBind } from '../ports.mjs';

/** @param {string} home @returns {Promise<import('../doctor.mjs').Check[]>} */
export async function homeChecks(home) {
  const checks = [folder(home)];
  if (existsSync(home) && checks[0].state !== 'bad') checks.push(...(await ports(home)));
  else checks.push(await publicPort(Number(process.env.PORT || 4000)));
  return checks;
}

function folder(home) {
  try {
    refuseForeign(home);
  } catch (error) {
    return { name: 'home', state: /** @type {const} */ ('bad'), found: error.message, remedy: error.remedy };
  }
  if (!existsSync(home)) return { name: 'home', state: /** @type {const} */ ('good'), found: `${home} (not there yet)` };
  const open = statSync(home).mode & 0o077;
  return open
    ? { name: 'home', state: /** @type {const} */ ('poor'), found: `${home} can be entered by others`, remedy: `chmod 700 ${home}` }
    : { name: 'home', state: /** @type {const} */ ('good'), found: home };
}

async function ports(home) {
  const holder = holderOf(home);
  /** @type {Record<string, number>} */
  const kept = readJson(join(home, 'instance.json'))?.ports ?? {};
  const list = Object.entries(kept)
    .map(([name, port]) => `${name} ${port}`)
    .join(', ');
  if (holder) {
    const instance = { name: 'instance', state: /** @type {const} */ ('good'), found: `runs as process ${holder.pid}: ${list}` };
    return [instance, ...(await firstToken(home))];
  }
  return [
    { name: 'instance', state: /** @type {const} */ ('good'), found: 'does not run' },
    await publicPort(Number(process.env.PORT || kept.gateway || 4000)),
  ];
}

/** Somebody who has no other token is locked out when it ends, and should know the way back. */
async function firstToken(home) {
  const state = await firstTokenState(home);
  if (state === 'unknown') return [];
  return state === 'good'
    ? [
        {
          name: 'first token',
          state: /** @type {const} */ ('good'),
          found: `${join(home, 'admin-token')}, until 24 hours after its first use`,
        },
      ]
    : [{ name: 'first token', state: /** @type {const} */ ('good'), found: `has ended; a way back in: ${wayBackIn}` }];
}

async function publicPort(port) {
  if (await tryBind(port)) return { name: 'port', state: /** @type {const} */ ('good'), found: `${port} is free` };
  return process.env.PORT
    ? {
        name: 'port',
        state: /** @type {const} */ ('bad'),
        found: `${port} (from PORT) is taken by another program`,
        remedy: 'Set PORT to another one.',
      }
    : {
        name: 'port',
        state: /** @type {const} */ ('poor'),
        found: `${port} is taken by another program`,
        remedy: 'Another free one will be taken; choose one with npm start -- --port <number>.',
      };
}
