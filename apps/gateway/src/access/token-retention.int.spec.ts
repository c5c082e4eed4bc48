import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { uuidv7 } from '@throughline/contracts';
import { Retention } from '@throughline/messaging';
import { Database } from '@throughline/service';
import { GatewayUnderTest } from '../fixtures/gateway-under-test.ts';

const under = new GatewayUnderTest();

beforeAll(() => under.start(), 300_000);
afterAll(() => under.stop(), 30_000);

const rows = <T>(sql: string, params: unknown[] = []): Promise<T[]> => under.gateway.get(Database).rows<T>(sql, params);

async function token(name: string, over: { ended?: number; expires?: number; madeWith?: string }): Promise<string> {
  const id = uuidv7();
  await rows(
    `insert into token (id, name, hash, prefix, rights, created_by, ended_at, expires_at)
     values ($1, $2, $3, 'tl_', '{*}', $4, now() - make_interval(days => $5), now() - make_interval(days => $6))`,
    [id, name, randomBytes(32), over.madeWith ?? null, over.ended ?? null, over.expires ?? -30],
  );
  return id;
}

it('tokens end ninety days after they were over, with what was made with them', async () => {
  const gone = await token('revoked long ago', { ended: 91 });
  await token('made with it', { madeWith: await token('made with that', { madeWith: gone }) });
  await token('ran out long ago', { expires: 91 });
  await token('revoked lately', { ended: 89 });
  await token('ran out lately', { expires: 89 });
  const lasting = await token('lasting', {});
  await rows('insert into session (hash, token, expires_at) values ($1, $2, now()), ($3, $4, now())', [
    randomBytes(32),
    gone,
    randomBytes(32),
    lasting,
  ]);
  await rows('insert into sign_in_link (hash, token, expires_at) values ($1, $2, now())', [randomBytes(32), gone]);
  await rows("update token set ended_at = now() - interval '1 year' where first");

  await under.gateway.get(Retention).sweep(new Date());

  const left = await rows<{ name: string }>('select name from token order by name');
  expect(left.map(({ name }) => name)).toEqual(['first administrator', 'lasting', 'ran out lately', 'revoked lately']);
  expect(await rows('select token from session')).toEqual([{ token: lasting }]);
  expect(await rows('select token from sign_in_link')).toEqual([]);
});
