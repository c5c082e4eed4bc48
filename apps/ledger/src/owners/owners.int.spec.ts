import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ChangePushed, EvidencePlanned, make, SourceSubject, type FindingAnswer, type Page } from '@throughline/contracts';
import { codeFinding, commitId, eventually, httpReceiver, LedgerInTest, type HttpReceiver } from '@throughline/testing';
import definition from '../service.ts';

let ledger: LedgerInTest;
let scanners: HttpReceiver;
/** Files of the default branch, by path. */
let files: Readonly<Record<string, string>>;
let repository: string;
let count = 0;

beforeAll(async () => {
  scanners = await httpReceiver();
  scanners.answer = ({ body }) => {
    const { paths } = JSON.parse(body) as { paths: string[] };
    const path = paths.find((each) => each in files);
    return { status: 200, body: JSON.stringify(path === undefined ? {} : { path, text: files[path] }) };
  };
  ledger = await LedgerInTest.start(definition, { SCANNER_ORCHESTRATOR_URL: scanners.origin });
}, 300_000);

afterAll(async () => {
  await ledger?.stop();
  await scanners?.close();
});

beforeEach(() => {
  count += 1;
  repository = `git.example/acme/shop-${count}`;
  files = {};
});

/** The default branch moved to a commit whose evidence is planned. */
async function moved(commit: string, more: Partial<SourceSubject> = {}): Promise<void> {
  const push = {
    repository,
    ref: 'refs/heads/main',
    after: commitId(commit),
    defaultBranch: 'main',
    forced: false,
    pusher: '',
    commits: [],
  };
  await ledger.publish({ fact: make(ChangePushed, push), deliveryKey: `${repository} ${commit}` });
  const branch = 'select 1 from code_owner_branch where repository = $1';
  await eventually(async () => expect(await ledger.rows(branch, [repository])).toHaveLength(1), 30_000);
  const subject = make(SourceSubject, { repository, commit: commitId(commit), ref: 'refs/heads/main', ...more });
  const planned = make(EvidencePlanned, { subject, throughSeq: 0, items: [] });
  await ledger.publish({ fact: planned, deliveryKey: `${repository} ${commit}`, sequence: 1 });
}

async function owners(query = ''): Promise<Record<string, string>> {
  const { body } = await ledger.call<Page<FindingAnswer>>('GET', `/api/v1/findings?repository=${repository}${query}`);
  return Object.fromEntries(body.items.map(({ rule, owner }) => [rule, owner]));
}

const scan = (commit: string, position: number): Promise<unknown> =>
  ledger.scan({
    ...{ repository, commit, position },
    findings: [
      codeFinding('B1', { location: { path: 'app/main.py', line: 1, snippet: 'a' } }),
      codeFinding('B2', { location: { path: 'web/main.js', line: 1, snippet: 'b' } }),
    ],
  });

describe('the owner of a finding', () => {
  it('comes from CODEOWNERS of the default branch, for what is known and for what comes', async () => {
    files = { '.github/CODEOWNERS': '/app/ @acme/api @ada\n' };
    await scan('a', 1);
    expect(await owners()).toEqual({ B1: 'unowned', B2: 'unowned' });

    await moved('a');
    await eventually(async () => expect(await owners()).toEqual({ B1: '@acme/api', B2: 'unowned' }), 30_000);

    files = { '.github/CODEOWNERS': '/app/ @acme/api @ada\n*.js @acme/web\n' };
    await moved('b');
    await eventually(async () => expect(await owners()).toEqual({ B1: '@acme/api', B2: '@acme/web' }), 30_000);
  });

  it('makes queues: of an owner, and of what nobody owns', async () => {
    files = { CODEOWNERS: '/app/ @acme/api @ada\n' };
    await moved('a');
    const known = 'select 1 from code_owner_file where repository = $1';
    await eventually(async () => expect(await ledger.rows(known, [repository])).toHaveLength(1), 30_000);
    await scan('a', 1);

    expect(await owners('&owner=@ada')).toEqual({ B1: '@acme/api' });
    expect(await owners('&owner=unowned')).toEqual({ B2: 'unowned' });
    expect(await owners('&owner=@nobody')).toEqual({});
  });

  it('is nothing that a change says before it is merged', async () => {
    files = { CODEOWNERS: '* @attacker' };
    await scan('a', 1);

    await moved('c', { ref: 'refs/heads/topic' });
    await moved('d', { pullRequest: 7 });
    await moved('e', { baseline: true });
    await ledger.idle();

    expect(await owners()).toEqual({ B1: 'unowned', B2: 'unowned' });
  });

  it('ends when the file goes', async () => {
    files = { CODEOWNERS: '* @acme/all' };
    await scan('a', 1);
    await moved('a');
    await eventually(async () => expect(await owners()).toEqual({ B1: '@acme/all', B2: '@acme/all' }), 30_000);

    files = {};
    await moved('b');

    await eventually(async () => expect(await owners()).toEqual({ B1: 'unowned', B2: 'unowned' }), 30_000);
  });
});
