import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { findingSorts, type FindingAnswer, type Page } from '@throughline/contracts';
import { LedgerInTest } from '@throughline/testing';
import definition from '../service.ts';
import { wordsOf } from './finding-words.ts';

/** More than are put in order when they have been found. */
const count = 10_400;

/** Every value of everything in turn, with remainders that have no common divisor. */
const made = `
  with made as (
    insert into finding (id, class, rule, title, severity, cwe, detection, triage, repository, application, path, purl, code_owners, risk, priority,
      due, first_commit, first_seen)
    select gen_random_uuid(), (array['code', 'licence', 'secret'])[1 + n % 3], 'python.lang/no-eval-' || n % 97, 'Never calls eval number ' || n,
      n % 5, array[n % 11], (array['open', 'resolved', 'not_evaluated', 'not_seen'])[1 + n % 4],
      (array['new', 'in_triage', 'false_positive', 'new', 'new', 'new', 'new'])[1 + n % 7], 'git.example/acme/r' || n % 13, 'app-' || n % 17,
      'src/part_' || n % 19 || '/File-' || n % 23 || '.ts', case when n % 29 = 0 then 'pkg:github/acme/thing@1.' || n % 31 end,
      case when n % 37 = 0 then array['@acme/team-' || n % 41] end, n % 1009 / 10.0, 'P3', now() + make_interval(hours => n % 1013), 'abc',
      now() - make_interval(hours => n % 1019)
    from generate_series(1, ${count}) as n returning number, detection)
  insert into finding_seen (finding_number, detection, last_seen)
  select number, detection, now() - make_interval(mins => (number % 1021)::int) from made`;

let ledger: LedgerInTest;

beforeAll(async () => {
  ledger = await LedgerInTest.start(definition);
  await ledger.rows(
    `insert into application (name, team, tier, exposure, owners) values ('app-3', 'blue', 'tier-1', 'internal', '{ann@example.com}')`,
  );
  await ledger.rows(made);
  await ledger.rows(`insert into finding_words (finding_number, words) select number, ${wordsOf('')} from finding`);
  await ledger.rows('analyze finding, finding_seen, finding_words');
}, 300_000);

afterAll(async () => {
  await ledger?.stop();
});

type Listed = Page<FindingAnswer> & { readonly total?: number };

const page = async (query: string): Promise<Listed> => (await ledger.call<Listed>('GET', `/api/v1/findings?${query}`)).body;

/** All pages one after the other. */
async function walk(query: string): Promise<string[]> {
  const ids: string[] = [];
  for (let cursor: string | null | undefined; cursor !== null;) {
    const { items, next } = await page(`${query}&limit=200${cursor === undefined ? '' : `&cursor=${encodeURIComponent(cursor)}`}`);
    ids.push(...items.map(({ id }) => id));
    cursor = next;
  }
  return ids;
}

async function numbers(where: string, order = 'f.number'): Promise<string[]> {
  const found = await ledger.rows<{ id: string }>(
    `select f.id from finding f join finding_seen seen on seen.finding_number = f.number left join application a on a.name = f.application
     where ${where} order by ${order}`,
  );
  return found.map(({ id }) => id);
}

const columns = { risk: 'f.risk', due: 'f.due', severity: 'f.severity', firstSeen: 'f.first_seen', lastSeen: 'seen.last_seen' } as const;
/** Asked for more than there are to put in order, and for a few, which are found along another way. */
const asked = [
  ['id=!00000000-0000-7000-8000-000000000000', 'true'],
  ['severity=!info', 'f.severity > 0'],
  ['severity=critical,low&detection=open,not_seen', `f.severity in (1, 4) and f.detection in ('open', 'not_seen')`],
] as const;

describe('a list', () => {
  for (const sort of findingSorts)
    it.each(['asc', 'desc'] as const)(
      `has all pages in the order of ${sort} %s`,
      async (direction) => {
        for (const [query, where] of asked)
          expect(await walk(`${query}&sort=${direction === 'desc' ? '-' : ''}${sort}`)).toEqual(
            await numbers(where, `${columns[sort]} ${direction}, f.number ${direction}`),
          );
      },
      120_000,
    );

  it('counts to ten thousand and one', async () => {
    expect((await page('limit=1')).total).toBe(10_001);
    expect((await page('limit=1&severity=critical')).total).toBe(count / 5);
  });

  it.each([
    ['triage=in_triage', `f.triage = 'in_triage'`],
    ['triage=!new', `f.triage <> 'new'`],
    ['triage=risk_accepted', 'false'],
    ['triage=!risk_accepted&repository=git.example/acme/r4', `f.repository = 'git.example/acme/r4'`],
    ['owner=ann@example.com', `f.application = 'app-3' and f.code_owners is null`],
    ['owner=@acme/team-7', `f.code_owners = '{@acme/team-7}'`],
    ['owner=unowned&class=secret', `f.application <> 'app-3' and f.code_owners is null and f.class = 'secret'`],
    ['owner=!unowned', `f.application = 'app-3' or f.code_owners is not null`],
    ['purl=pkg:github/acme/thing@1.7', `f.purl = 'pkg:github/acme/thing@1.7'`],
    ['purl=!pkg:github/acme/thing@1.7&class=secret', `f.purl is distinct from 'pkg:github/acme/thing@1.7' and f.class = 'secret'`],
    ['path=src/part_1', `f.path like 'src/part\\_1/%'`],
    ['path=/src/part_1/File-3.ts', `f.path = 'src/part_1/File-3.ts'`],
    ['path=src/part_1', `f.path ~ '^src/part_1/'`],
    ['path=src/*/File-3.ts', `f.path like 'src/%/File-3.ts'`],
    ['path=*.ts&class=secret', `f.class = 'secret'`],
    ['cwe=CWE-7', 'f.cwe = array[7]'],
    ['q=EVAL%20number%20104', `f.title ~ ' 104'`],
    ['q=no-eval-96', `f.rule ~ '-96$' or f.title ~ ' 96'`],
    ['q=hub%20thing', 'false'],
    ['q=Thing/acme%20git', 'f.purl is not null'],
    ['q=vals', 'false'],
    ['q=%26%7C%27%3A*&class=secret', `f.class = 'secret'`],
    ['team=blue', `a.team = 'blue'`],
    ['overdue=true', `f.due < now() and f.detection in ('open', 'not_evaluated') and f.triage <> 'false_positive'`],
  ])('%s', async (query, where) => {
    expect((await walk(`${query}&sort=risk`)).sort()).toEqual((await numbers(where)).sort());
  });
});
