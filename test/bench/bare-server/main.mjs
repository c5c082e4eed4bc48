// The pair of the webhook benchmark: fastify and pg, signature checked, one row and one commit per request.
import { createHmac, timingSafeEqual } from 'node:crypto';
import { fastify } from 'fastify';
import pg from 'pg';

const { DATABASE_URL, SECRET } = process.env;
const pool = new pg.Pool({ connectionString: DATABASE_URL, max: 10 });
await pool.query('drop table if exists public.bare_delivery');
await pool.query(
  'create table public.bare_delivery (id bigint generated always as identity primary key, delivery text unique, body bytea)',
);

const server = fastify({ bodyLimit: 26_000_000 });
server.removeAllContentTypeParsers();
server.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
server.post('/hook', async (request, reply) => {
  const signature = Buffer.from(String(request.headers['x-gitea-signature']), 'hex');
  const wanted = createHmac('sha256', SECRET).update(request.body).digest();
  if (signature.length !== wanted.length || !timingSafeEqual(signature, wanted)) return reply.code(401).send();
  JSON.parse(request.body.toString('utf8'));
  await pool.query({
    name: 'insert',
    text: 'insert into public.bare_delivery (delivery, body) values ($1, $2) on conflict do nothing',
    values: [request.headers['x-gitea-delivery'], request.body],
  });
  return reply.code(202).send({ ok: true });
});
server.get('/metrics', async () => {
  const { user, system } = process.cpuUsage();
  return `process_cpu_seconds_total ${(user + system) / 1e6}\n`;
});
process.send({ url: await server.listen({ host: '127.0.0.1', port: 0 }) });
process.once('SIGTERM', () => process.exit(0));
process.once('disconnect', () => process.exit(0));
