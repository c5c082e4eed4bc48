// Writes what is derived from the fact classes (topics, JSON Schemas, docs/events.md) and the list of migrations with their
// digests. Run after `tsc -b`. `--check` changes nothing and fails when a file is stale. A breaking change of a fact or of a
// migration that was written down before is refused.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { topics } from '@throughline/contracts';
import { breaks } from './compatibility.mjs';
import { eventsPage } from './events-page.mjs';
import { brokenMigrations, migrationDigests } from './migrations.mjs';
import { factSchemas } from './schemas.mjs';

const check = process.argv.includes('--check');
const fileOf = (path) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const json = (value) => `${JSON.stringify(value, null, 2)}\n`;
const schemas = factSchemas();

const problems = Object.entries(schemas).flatMap(([path, schema]) => {
  if (!existsSync(fileOf(path))) return [];
  return breaks(JSON.parse(readFileSync(fileOf(path), 'utf8')), schema).map((what) => `${path} ${what}`);
});
if (problems.length > 0) {
  throw new Error(`breaking change: give the fact a new topic version beside the old one\n  ${problems.join('\n  ')}`);
}

const migrationList = 'tools/contracts/migrations.json';
const migrations = await migrationDigests();
const broken = existsSync(fileOf(migrationList))
  ? brokenMigrations(JSON.parse(readFileSync(fileOf(migrationList), 'utf8')), migrations)
  : [];
if (broken.length > 0) {
  throw new Error(
    `databases that took the old text would refuse to start: restore it and add a migration (one that never left your branch: git checkout main ${migrationList})\n  ${broken.join('\n  ')}`,
  );
}

const files = {
  [migrationList]: json(migrations),
  'deploy/topics.json': json(topics()),
  'docs/events.md': eventsPage(),
  ...Object.fromEntries(Object.entries(schemas).map(([path, schema]) => [path, json(schema)])),
};
for (const [path, content] of Object.entries(files)) {
  const file = fileOf(path);
  const stale = !existsSync(file) || readFileSync(file, 'utf8') !== content;
  if (stale && check) throw new Error(`${path} is stale: run node tools/contracts/generate.mjs`);
  if (!stale) continue;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
}
