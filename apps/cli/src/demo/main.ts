import { pathToFileURL } from 'node:url';
import type { CreatedSource, FindingAnswer, Page, Source } from '@throughline/contracts';
import { Api } from '../api.ts';
import { installationHome, readConnection } from '../config.ts';
import { Refused } from '../exit.ts';
import { say, show } from '../terminal.ts';
import { findingLine } from '../verbs/findings.ts';
import { askGate } from '../verbs/gate.ts';
import { buildRepository, demoAdvisories } from './repository.ts';
import { demoName, demoSite, sendPush } from './push.ts';
import { followChain } from './story.ts';

const application = 'demo-shop';

/** Sets the demo up on an empty platform, pushes to it and tells what happens; later starts only point to it. */
async function demo(api: Api, server: string): Promise<void> {
  const sources = await api.get<Page<Source>>('sources', { limit: 200 });
  if (sources.items.some((source) => source.name === application)) {
    show(`The demo is there from before: ${server}/chains`);
    return;
  }
  const repository = await buildRepository(installationHome());
  await api.call('POST', 'advisories', { body: await demoAdvisories(), contentType: 'application/x-ndjson' });
  await api.call('PUT', 'advisories/feeds/manual', { body: { trustedForFixes: true } });
  await api.call('PUT', `applications/${application}`, {
    body: {
      team: 'demo',
      tier: 'tier-1',
      dataClass: 'public',
      exposure: 'internet',
      repositories: [`${demoSite}/${demoName}`],
      owners: ['demo-developer'],
    },
    headers: { 'if-none-match': '*' },
  });
  const source = await api.call<CreatedSource>('POST', 'sources', {
    body: {
      kind: 'gitea',
      name: application,
      scope: { repositories: [demoName] },
      settings: { baseUrl: demoSite, cloneUrl: `${pathToFileURL(installationHome()).href}/demo/{fullName}.git` },
    },
  });
  show('A push to demo-shop: monthly reports, a deployment, one forgotten token.');
  await sendPush(source, repository);
  const chain = await followChain(api, repository.after);
  await showOutcome(api, repository.after, server, chain);
}

async function showOutcome(api: Api, commit: string, server: string, chain: string | undefined): Promise<void> {
  show('');
  await askGate(api, { gate: 'change', repository: `${demoSite}/${demoName}`, commit, wait: '20' });
  const findings = await api.get<Page<FindingAnswer>>('findings', {
    repository: `${demoSite}/${demoName}`,
    commit,
    sort: '-risk',
    limit: 5,
  });
  show('');
  show('The five findings with the highest risk:');
  for (const finding of findings.items) show(`  ${findingLine(finding)}`);
  show('');
  show(`Follow it: ${server}/chains${chain ? `/${chain}` : ''}`);
  show(`The message as Slack and mail would show it: ${server}/outbox`);
}

try {
  const connection = readConnection({});
  await demo(new Api(connection), connection.server);
} catch (error) {
  if (!(error instanceof Refused)) throw error;
  say(`demo: ${error.message}`);
  process.exitCode = error.exitCode;
}
