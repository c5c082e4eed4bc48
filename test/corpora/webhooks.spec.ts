import { createHmac } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { encodeValue, findFact, make } from '@throughline/contracts';
import { findScmProvider, type ScmFact, type Translation } from '@throughline/scm';
import { corpusFolder, corpusJson, corpusText, describeCorpus } from './corpora.ts';

interface Vector {
  readonly name: string;
  readonly secret: string;
  readonly signedText: string;
  readonly hex: string;
  readonly header?: string;
}

interface Sample {
  readonly file: string;
  readonly provider: 'github' | 'gitea';
  readonly event: string;
}

/** Events that are read, though none of these samples is meant for us. */
const others: Readonly<Record<string, string>> = { status: 'is not ours', issue_comment: 'the comment holds no command' };

const reachEvents = ['installation', 'installation_repositories', 'installation_target', 'repository'];
const ofNoReach = ['edited', undefined];

interface ToldOfReach {
  readonly action?: string;
  readonly installation?: { readonly id: number };
  readonly repositories_removed?: readonly { readonly full_name: string }[];
}

function expectedReach({ action, installation, repositories_removed: removed }: ToldOfReach): object {
  if (!installation || ofNoReach.includes(action)) return { ignored: expect.any(String) };
  const lost = removed ? removed.map((one) => one.full_name) : expect.any(Array);
  return { ignored: expect.stringContaining('is asked'), reach: expect.objectContaining({ installation: String(installation.id), lost }) };
}

const secret = "It's a Secret to Everybody";

function samplesIn(folder: string, provider: Sample['provider'], eventOf: (file: string) => string | undefined): Sample[] {
  return readdirSync(corpusFolder(`webhooks/${folder}`)).flatMap((file) => {
    const event = eventOf(file);
    return event === undefined ? [] : [{ file: `webhooks/${folder}/${file}`, provider, event }];
  });
}

function samples(): Sample[] {
  const octokit = ['push', 'pull_request', 'ping'].flatMap((event) => samplesIn(`github-octokit/${event}`, 'github', () => event));
  const named: Readonly<Record<string, string>> = {
    'push.json': 'push', 'pull-request.json': 'pull_request', 'ping.json': 'ping',
    'push-event.json': 'push', 'pull-request-event.json': 'pull_request', 'pull-request-label-event.json': 'pull_request',
  }; // prettier-ignore
  const playground = (folder: string, provider: Sample['provider']): Sample[] =>
    samplesIn(`go-playground/${folder}`, provider, (file) => named[file]);
  return [...octokit, ...playground('github', 'github'), ...playground('gitea', 'gitea'), ...playground('gogs', 'gitea')];
}

/** Sends a sample through verification and translation, as its provider would have signed it. */
function receive({ file, provider, event }: Sample): Translation {
  const { webhook } = findScmProvider(provider)!;
  const text = corpusText(file);
  const hex = createHmac('sha256', secret).update(text).digest('hex');
  const headers =
    provider === 'github'
      ? { 'x-github-event': event, 'x-github-delivery': 'd', 'x-hub-signature-256': `sha256=${hex}` }
      : { 'x-gitea-event': event, 'x-gitea-delivery': 'd', 'x-gitea-signature': hex, 'x-github-event': event };
  const payload: unknown = JSON.parse(text);
  expect(webhook.verify(headers, Buffer.from(text), ['another', secret], 0)).toBe(1);
  return webhook.translate(webhook.arrival(headers, {}).event, payload, {
    source: 's',
    baseUrl: webhook.siteOf(payload) ?? 'https://nowhere.invalid',
  });
}

/** What the payload itself says should come of it. */
function expected(payload: Readonly<Record<string, unknown>>, event: string): string {
  const {
    action,
    deleted,
    pull_request: change,
  } = payload as { action?: string; deleted?: boolean; pull_request?: { head?: object; merged?: boolean } };
  if (event === 'push') return deleted === true ? 'ignored' : 'change.pushed';
  if (event !== 'pull_request') return 'ignored';
  if (action === 'closed') return change?.merged === true ? 'change.merged' : 'change.abandoned';
  if (!change?.head) return 'ignored';
  return ['opened', 'synchronize', 'reopened', 'ready_for_review'].includes(action ?? '') ? 'change.proposed' : 'ignored';
}

const published = ({ type, fields }: ScmFact): string => encodeValue(make(findFact(type)!, fields));

describeCorpus('webhooks', () => {
  it('reads every recorded push, pull request and ping as what it says', () => {
    const all = samples();

    const read = all.map((sample) => {
      const translation = receive(sample);
      if ('facts' in translation) for (const fact of translation.facts) published(fact);
      return { file: sample.file, became: 'facts' in translation ? translation.facts.map(({ type }) => type).join() : 'ignored' };
    });

    expect(all.length).toBeGreaterThan(20);
    expect(read).toEqual(all.map(({ file, event }) => ({ file, became: expected(corpusJson(file), event) })));
  });

  it('takes the facts of a push from where the payload has them', () => {
    const file = 'webhooks/go-playground/gitea/push-event.json';
    const payload = corpusJson<{ readonly after: string; readonly ref: string }>(file);

    const translation = receive({ file, provider: 'gitea', event: 'push' });

    expect(translation).toMatchObject({
      facts: [{ fields: { after: payload.after, ref: payload.ref, repository: 'localhost:3000/example/example' } }],
    });
    expect(translation).not.toHaveProperty('facts.0.fields.before');
  });

  it.each(['github', 'gitea'])('ignores every other recorded event of %s with a reason', (name) => {
    const { webhook } = findScmProvider(name)!;
    const files = readdirSync(corpusFolder(`webhooks/go-playground/${name}`)).filter(
      (file) => !/^(?:push|pull-request|ping|check-|installation|repository\.)/.test(file),
    );

    for (const file of files) {
      const payload = corpusJson(`webhooks/go-playground/${name}/${file}`);
      const event = file.replace(/(?:-event)?\.json$/, '').replaceAll('-', '_');
      expect(webhook.translate(event, payload, { source: 's', baseUrl: 'https://nowhere.invalid' })).toEqual({
        ignored: expect.stringContaining(others[event] ?? 'not used'),
      });
    }

    expect(files.length).toBeGreaterThan(3);
  });

  it('reads what is told of the reach of an App, and names what it lost', () => {
    const told = reachEvents.flatMap((event) => [
      ...samplesIn('github-octokit', 'github', (folder) => (folder === event ? event : undefined)).flatMap(({ file }) =>
        readdirSync(corpusFolder(file)).map((name) => ({ event, file: `${file}/${name}` })),
      ),
      ...samplesIn('go-playground/github', 'github', (name) => (name === `${event.replaceAll('_', '-')}.json` ? event : undefined)),
    ]);

    for (const { event, file } of told) {
      const payload = corpusJson<ToldOfReach>(file);
      const translation = findScmProvider('github')!.webhook.translate(event, payload, { source: 's', baseUrl: 'https://nowhere.invalid' });
      expect({ file, translation }).toEqual({ file, translation: expectedReach(payload) });
    }

    expect(told.length).toBeGreaterThan(2);
  });

  it.each(['check-run', 'check-suite'])('reads a recorded %s as its repository scanned again, if it asks for that', (name) => {
    const { webhook } = findScmProvider('github')!;
    const payload = corpusJson<{ readonly action: string }>(`webhooks/go-playground/github/${name}.json`);
    const head = corpusJson<Readonly<Record<string, { readonly head_sha: string }>>>(`webhooks/go-playground/github/${name}.json`)[
      name.replace('-', '_')
    ]!.head_sha;

    const translation = webhook.translate(name.replace('-', '_'), payload, { source: 's', baseUrl: webhook.siteOf(payload)! });

    expect(translation).toMatchObject(
      payload.action === 'rerequested'
        ? { facts: [{ type: 'change.pushed', fields: { after: head, rescan: true } }] }
        : { ignored: `${name.replace('-', '_')} action "${payload.action}" asks for nothing` },
    );
  });

  it('computes the signatures that were published', () => {
    const github = findScmProvider('github')!.webhook;
    const gitea = findScmProvider('gitea')!.webhook;
    const vectors = corpusJson<readonly Vector[]>('webhooks/signature-vectors.json');

    for (const vector of vectors) {
      const body = Buffer.from(vector.signedText);
      expect(github.verify({ 'x-hub-signature-256': `sha256=${vector.hex}` }, body, [vector.secret], 0)).toBe(0);
      expect(gitea.verify({ 'x-gitea-signature': vector.hex }, body, [vector.secret], 0)).toBe(0);
      expect(
        github.verify({ 'x-hub-signature-256': `sha256=${vector.hex}` }, Buffer.concat([body, Buffer.from('\n')]), [vector.secret], 0),
      ).toBeUndefined();
    }

    expect(vectors.length).toBeGreaterThan(2);
  });
});
