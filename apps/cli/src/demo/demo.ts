import { setTimeout as pause } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import type { CreatedDemo, Demo, FindingAnswer, Page } from '@throughline/contracts';
import type { Api } from '../api.ts';
import { installationHome } from '../config.ts';
import { Refused } from '../exit.ts';
import { show } from '../terminal.ts';
import { findingLine } from '../verbs/findings.ts';
import { askGate } from '../verbs/gate.ts';
import { sendPush } from './push.ts';
import { buildRepository, demoAdvisories, dropRepository } from './repository.ts';
import { followChain } from './story.ts';

/** How long the services are waited for that have something left of a removed demo. */
const longestMs = 60_000;

export async function stateOfDemo(api: Api): Promise<Demo['state']> {
  return (await api.get<Demo>('demo')).state;
}

/** Sets the demo up, pushes to it and tells what happens; one that is there is only pointed to. */
export async function runDemo(api: Api, server: string): Promise<void> {
  if ((await settled(api)) === 'present') {
    show(`The demo is there from before: ${server}/chains`);
    return;
  }
  const repository = await buildRepository(installationHome());
  const cloneUrl = `${pathToFileURL(installationHome()).href}/demo/{fullName}.git`;
  const demo = await api.call<CreatedDemo>('POST', 'demo', { body: { cloneUrl, advisories: await demoAdvisories() } });
  show('A push to demo-shop: monthly reports, a deployment, one forgotten token.');
  await sendPush(demo, repository);
  const chain = await followChain(api, repository.after);
  await showOutcome(api, demo, repository.after, `${server}/chains${chain ? `/${chain}` : ''}`);
  show(`The message as Slack and mail would show it: ${server}/outbox`);
  show('Remove it with: npx throughline demo remove');
}

/** Takes the demo away, and nothing else. */
export async function removeDemo(api: Api): Promise<void> {
  if (['removed', 'absent'].includes(await stateOfDemo(api))) return show('There is no demo.');
  await api.call<Demo>('DELETE', 'demo');
  const state = await settled(api);
  if (state !== 'removed') throw new Refused('unreachable', `the demo is ${state} still: look at npx throughline doctor`);
  await dropRepository(installationHome());
  show('The demo is removed. Put it back with: npx throughline demo run');
}

/** The state once nothing is being removed any more. */
async function settled(api: Api): Promise<Demo['state']> {
  const until = Date.now() + longestMs;
  for (;;) {
    const state = await stateOfDemo(api);
    if (state !== 'removing' || Date.now() > until) return state;
    await pause(300);
  }
}

async function showOutcome(api: Api, { repository }: CreatedDemo, commit: string, chain: string): Promise<void> {
  show('');
  await askGate(api, { gate: 'change', repository, commit, wait: '20' });
  const findings = await api.get<Page<FindingAnswer>>('findings', { repository, commit, sort: '-risk', limit: 5 });
  show('');
  show('The five findings with the highest risk:');
  for (const finding of findings.items) show(`  ${findingLine(finding)}`);
  show('');
  show(`Follow it: ${chain}`);
}
