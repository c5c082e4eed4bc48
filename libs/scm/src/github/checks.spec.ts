import { httpReceiver, type HttpReceiver } from '@throughline/testing';
import type { CheckRun, Verdict } from '../client.ts';
import { github } from './github.ts';

const commit = 'b'.repeat(40);

/** A run as GitHub keeps it. */
interface Kept {
  readonly id: number;
  readonly app: { readonly id: number };
  readonly name: string;
  external_id?: string;
  status: string;
  conclusion?: string;
  annotations: object[];
}

let api: HttpReceiver;
let runs: Kept[];
/** Calls that write, from the end of the test on backwards. */
let failing: number | undefined;

beforeEach(async () => {
  [runs, failing] = [[], undefined];
  api = await httpReceiver();
  api.answer = ({ method, path, body }) => {
    if (method === 'GET') {
      const check_runs = runs.slice(-1).map(({ annotations, ...run }) => ({ ...run, output: { annotations_count: annotations.length } }));
      return { status: 200, body: JSON.stringify({ check_runs }) };
    }
    if (failing !== undefined && (failing -= 1) < 0) return { status: 502, body: '{}' };
    const { output, ...said } = JSON.parse(body) as Kept & { output?: { annotations: object[] } };
    const found = runs.find(({ id }) => path.endsWith(`/check-runs/${id}`));
    const run = found ?? { ...said, id: 100 + runs.length, app: { id: 12 }, annotations: [] };
    if (!found) runs.push(run);
    Object.assign(run, said);
    run.annotations.push(...(output?.annotations ?? []));
    return { status: found ? 200 : 201, body: JSON.stringify({ id: run.id }) };
  };
});

afterEach(() => api.close());

const put = (verdict: Verdict, more: Partial<CheckRun> = {}): Promise<string> =>
  github.connect({ apiUrl: api.origin, app: '12' }).checks!.put('acme/shop', {
    ...{
      commit,
      name: 'throughline',
      externalId: 'd1',
      verdict,
      title: 'words',
      summary: 'more words',
      url: 'https://tl.example/d',
      annotations: [],
    },
    ...more,
  });
const written = (): { method: string; body: Record<string, unknown> }[] =>
  api.requests
    .filter(({ method }) => method !== 'GET')
    .map(({ method, body }) => ({ method, body: JSON.parse(body) as Record<string, unknown> }));
const places = (count: number): CheckRun['annotations'] =>
  Array.from({ length: count }, (_, index) => ({ path: 'src/a.js', line: index + 1, level: 'failure', title: 'x', text: 'Fix: y' }));

describe('a check run', () => {
  it('is in progress, and then ends as what was decided', async () => {
    await put('pending', { externalId: 'pending' });
    await put('deny', { annotations: places(1) });

    expect(api.requests[0]!.path).toBe(`/repos/acme/shop/commits/${commit}/check-runs?check_name=throughline&app_id=12&filter=latest`);
    expect(written()).toEqual([
      {
        method: 'POST',
        body: { name: 'throughline', head_sha: commit, external_id: 'pending', details_url: 'https://tl.example/d', status: 'in_progress' },
      },
      {
        method: 'PATCH',
        body: {
          ...{ name: 'throughline', head_sha: commit, external_id: 'd1', details_url: 'https://tl.example/d' },
          ...{ status: 'completed', conclusion: 'failure' },
          output: {
            ...{ title: 'words', summary: 'more words' },
            annotations: [{ path: 'src/a.js', start_line: 1, end_line: 1, annotation_level: 'failure', title: 'x', message: 'Fix: y' }],
          },
        },
      },
    ]);
  });

  it('says how far it is while it is in progress, in the run that is there', async () => {
    await put('pending', { externalId: 'pending' });
    await put('pending', { externalId: 'pending', title: '5 of 6 scanners done', summary: '5 of 6 scanners done' });
    await put('pass');

    expect(written().slice(1)).toMatchObject([
      { method: 'PATCH', body: { output: { title: '5 of 6 scanners done', annotations: [] } } },
      { method: 'PATCH', body: { status: 'completed', conclusion: 'success' } },
    ]);
    expect(runs).toHaveLength(1);
  });

  it.each<[Verdict, string]>([
    ['pass', 'success'],
    ['warn', 'success'],
    ['deny', 'failure'],
    ['undecided', 'failure'],
  ])('that says %s ends as %s', async (verdict, conclusion) => {
    await put(verdict);

    expect(runs).toMatchObject([{ status: 'completed', conclusion }]);
  });

  it('gets its annotations fifty at a time', async () => {
    await put('deny', { annotations: places(120) });

    const sizes = written().map(({ body }) => (body['output'] as { annotations: unknown[] }).annotations.length);
    expect(sizes).toEqual([50, 50, 20]);
    expect(runs[0]!.annotations).toHaveLength(120);
  });

  it('that was cut off goes on where it was, and says nothing twice', async () => {
    failing = 2;
    await expect(put('deny', { annotations: places(120) })).rejects.toMatchObject({ retryable: true });

    failing = undefined;
    await put('deny', { annotations: places(120) });

    expect(runs).toHaveLength(1);
    expect(new Set(runs[0]!.annotations.map((one) => JSON.stringify(one))).size).toBe(120);
    expect(runs[0]!.annotations).toHaveLength(120);
  });

  it('said again is the same, and another judgement of the commit is another run', async () => {
    await put('deny', { annotations: places(1) });
    await put('deny', { annotations: places(1) });
    await put('pass', { externalId: 'd2' });

    expect(runs.map(({ external_id, conclusion, annotations }) => [external_id, conclusion, annotations.length])).toEqual([
      ['d1', 'failure', 1],
      ['d2', 'success', 0],
    ]);
  });

  it('of another App is left alone', async () => {
    runs = [{ id: 1, app: { id: 99 }, name: 'throughline', external_id: 'd1', status: 'in_progress', annotations: [] }];

    await put('pass');

    expect(runs).toHaveLength(2);
    expect(runs[0]!.status).toBe('in_progress');
  });

  it('is nothing that a token may write', () => {
    expect(github.connect({ apiUrl: api.origin, authorization: 'Bearer t' }).checks).toBeUndefined();
  });
});
