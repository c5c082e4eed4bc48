import { httpReceiver, type HttpReceiver } from '@throughline/testing';
import { verdicts, type Verdict } from './client.ts';
import { findScmProvider, scmProviders } from './registry.ts';

interface Host {
  readonly kind: string;
  /** Below the API's origin; an App writes check runs. */
  readonly path?: string;
  readonly app?: string;
  /** In which field it tells the state. */
  readonly field: 'state' | 'conclusion';
  /** States with which it lets a change through where the check is required, also those that we never send. */
  readonly passing: readonly string[];
  readonly told: Readonly<Record<Verdict, string | undefined>>;
}

const hosts: Readonly<Record<string, Host>> = {
  'GitHub, commit status': {
    ...{ kind: 'github', field: 'state', passing: ['success'] },
    told: { pending: 'pending', pass: 'success', warn: 'success', released: 'success', deny: 'failure', undecided: 'error' },
  },
  'GitHub, check run of an App': {
    ...{ kind: 'github', app: '12', field: 'conclusion', passing: ['success', 'neutral', 'skipped'] },
    told: { pending: undefined, pass: 'success', warn: 'success', released: 'success', deny: 'failure', undecided: 'failure' },
  },
  'Gitea and Forgejo': {
    ...{ kind: 'gitea', field: 'state', passing: ['success', 'warning', 'skipped'] },
    told: { pending: 'pending', pass: 'success', warn: 'success', released: 'success', deny: 'failure', undecided: 'error' },
  },
  GitLab: {
    ...{ kind: 'gitlab', field: 'state', passing: ['success', 'skipped'] },
    told: { pending: 'pending', pass: 'success', warn: 'success', released: 'success', deny: 'failed', undecided: 'failed' },
  },
  'Bitbucket Cloud': {
    ...{ kind: 'bitbucket', path: '/2.0', field: 'state', passing: ['SUCCESSFUL', 'STOPPED'] },
    told: { pending: 'INPROGRESS', pass: 'SUCCESSFUL', warn: 'SUCCESSFUL', released: 'SUCCESSFUL', deny: 'FAILED', undecided: 'FAILED' },
  },
  'Bitbucket Data Center': {
    ...{ kind: 'bitbucket', path: '/rest', field: 'state', passing: ['SUCCESSFUL', 'CANCELLED', 'UNKNOWN'] },
    told: { pending: 'INPROGRESS', pass: 'SUCCESSFUL', warn: 'SUCCESSFUL', released: 'SUCCESSFUL', deny: 'FAILED', undecided: 'FAILED' },
  },
  'Azure DevOps': {
    ...{ kind: 'azure-devops', field: 'state', passing: ['succeeded', 'notApplicable', 'notSet'] },
    told: { pending: 'pending', pass: 'succeeded', warn: 'succeeded', released: 'succeeded', deny: 'failed', undecided: 'error' },
  },
};
const commit = 'b'.repeat(40);
const lettingThrough: readonly Verdict[] = ['pass', 'warn', 'released'];
const table = Object.entries(hosts).flatMap(([name, host]) => verdicts.map((verdict) => [name, verdict, host] as const));

let api: HttpReceiver;

beforeEach(async () => {
  api = await httpReceiver();
  api.answer = ({ method }) => ({
    status: method === 'GET' ? 200 : 201,
    body: method === 'GET' ? '{"check_runs":[],"value":[]}' : '{"id":1}',
  });
});

afterEach(() => api.close());

async function stateOf({ kind, path = '', app, field }: Host, verdict: Verdict): Promise<string | undefined> {
  const client = findScmProvider(kind)!.connect({ apiUrl: `${api.origin}${path}`, ...(app !== undefined && { app }) });
  const run = { commit, name: 'throughline', externalId: 'd', verdict, title: 'words', summary: 'words', annotations: [] };
  await (app === undefined
    ? client.setStatus('acme/shop', commit, { verdict, context: 'throughline', text: 'words' })
    : client.checks!.put('acme/shop', run));
  const written = api.requests.find(({ method }) => method === 'POST')!;
  return (JSON.parse(written.body) as Readonly<Record<string, string | undefined>>)[field];
}

it('are told to every provider there is', () => {
  expect([...new Set(Object.values(hosts).map(({ kind }) => kind))].sort()).toEqual(scmProviders.map(({ name }) => name).sort());
});

it.each(table)('%s: %s lets a change through only where somebody answers for it', async (_name, verdict, host) => {
  const state = await stateOf(host, verdict);

  expect(state).toBe(host.told[verdict]);
  expect(host.passing.includes(state ?? '')).toBe(lettingThrough.includes(verdict));
});
