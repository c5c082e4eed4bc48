import type { Migration } from '@throughline/service';
import { wordsOf } from './finding-words.ts';

/** `number` joins the volume tables, `id` has the URL. Severity counts up with its weight: info 0, critical 4. */
const findings = `
create table finding (
  number bigint generated always as identity primary key,
  id uuid not null unique,
  alias_of bigint references finding,
  class text not null,
  rule text not null,
  title text not null,
  description text,
  severity smallint not null,
  cvss real,
  cwe int[] not null,
  help text,
  confidence text,
  detection text not null default 'not_seen',
  triage text not null default 'new',
  revision int not null default 1,
  repository text not null,
  application text not null,
  path text,
  line int,
  resource text,
  preview text,
  group_id bigint,
  package_id bigint,
  purl text,
  version text,
  fixed_in text,
  advisory text,
  cve text,
  risk real not null,
  priority text not null,
  due timestamptz not null,
  first_commit text not null,
  first_seen timestamptz not null default now(),
  last_seen timestamptz not null default now()
) with (fillfactor = 85);
create index finding_by_risk on finding (application, risk, number) where alias_of is null;
create index finding_by_due on finding (application, due, number) where alias_of is null;
create index finding_by_first_seen on finding (application, first_seen, number) where alias_of is null;
create index finding_repository on finding (repository, number);
create index finding_group on finding (group_id, package_id) where group_id is not null;
create index finding_cve on finding (cve) where cve is not null;
create index finding_alias on finding (alias_of) where alias_of is not null;

create table identity_key (
  scheme text not null,
  key bytea not null,
  finding_number bigint not null references finding,
  primary key (scheme, key)
);
create index identity_key_finding on identity_key (finding_number);

create table attribution (
  finding_number bigint not null references finding,
  tool text not null,
  first_seen timestamptz not null default now(),
  last_seen timestamptz not null default now(),
  primary key (finding_number, tool)
) with (fillfactor = 85);

create table finding_event (
  id bigint generated always as identity primary key,
  finding_number bigint not null references finding,
  at timestamptz not null default now(),
  kind text not null,
  before_state text,
  after_state text not null,
  tool text,
  commit text,
  line text,
  person text,
  reason text
);
create index finding_event_finding on finding_event (finding_number, id);`;

/** Sightings belong to a report: the same report at a hundred commits is stored once. Those of vulnerabilities are derived. */
const evaluations = `
create table sighting (
  report_id bigint not null references report on delete cascade,
  finding_number bigint not null references finding,
  place int not null,
  path text,
  line int,
  column_number int,
  primary key (report_id, finding_number, place)
);
create index sighting_finding on sighting (finding_number);

create table lineage (
  id bigint generated always as identity primary key,
  repository text not null,
  line text not null,
  tool text not null,
  ruleset text not null,
  applied bigint,
  failed bigint,
  unique (repository, line, tool, ruleset)
);

create table finding_state (
  finding_number bigint not null references finding,
  lineage_id bigint not null references lineage,
  detection text not null,
  changed_at timestamptz not null default now(),
  primary key (finding_number, lineage_id)
);
create index finding_state_lineage on finding_state (lineage_id);

create table evaluation (
  id bigint generated always as identity primary key,
  repository text not null,
  commit text not null,
  seq int not null,
  application text not null,
  ref text not null,
  pull_request int,
  base text,
  baseline boolean not null,
  run text not null,
  tool text not null,
  ruleset text not null,
  finds text[] not null,
  lineage_id bigint references lineage,
  position bigint not null,
  closes boolean not null,
  report_id bigint references report,
  ecosystems text[] not null,
  outcome text not null,
  reason text,
  revision int not null default 0,
  published bytea,
  evaluated_at timestamptz not null default now(),
  unique (repository, commit, seq)
);
create index evaluation_report on evaluation (report_id);
create index evaluation_lineage on evaluation (lineage_id, position);
create index evaluation_base on evaluation (repository, base);`;

/** What is true of a line today comes from one item: the newest of the newest ruleset. */
const heads = `
alter table lineage add column head_id bigint references evaluation, add column superseded_by bigint references lineage;
create index lineage_head on lineage (head_id);
update lineage l set head_id = (select max(e.id) from evaluation e where e.lineage_id = l.id and e.position = l.applied and e.outcome = 'evaluated');

create view head as
select e.id, e.repository, e.commit, e.base, e.tool, e.report_id, e.ecosystems, l.id as lineage_id, l.line
from lineage l join evaluation e on e.id = l.head_id
where l.superseded_by is null;`;

/**
 * What was sent to us stands on lineages of its own: what is claimed never closes what we found ourselves. A finding that
 * nobody but uploads has named is marked.
 */
const uploads = `
alter table lineage add column assurance text not null default 'own', add column scope text not null default '';
alter table lineage drop constraint lineage_repository_line_tool_ruleset_key;
alter table lineage add unique (repository, line, tool, assurance, scope, ruleset);
alter table evaluation add column assurance text not null default 'own', add column scope text not null default '',
  add column agreed boolean not null default true, add column parked_resolves int, add column parked_open int;
alter table finding add column claimed boolean not null default false;`;

/**
 * An index for each order and filter of the list. When a finding was last seen changes with every run, so it is kept beside it:
 * no other index is written for that. A text is looked for by the beginnings of its words.
 */
const lists = `
create table finding_seen (
  finding_number bigint primary key references finding on delete cascade,
  last_seen timestamptz not null default now(),
  -- As the finding has it: what is open was seen lately.
  detection text not null default 'not_seen'
) with (fillfactor = 85);
insert into finding_seen (finding_number, last_seen, detection) select number, last_seen, detection from finding;
create index finding_seen_last on finding_seen (detection, last_seen, finding_number);
alter table finding drop column last_seen;
drop index finding_by_risk, finding_by_due, finding_by_first_seen;
create index finding_by_risk on finding (risk, number) where alias_of is null;
create index finding_by_severity on finding (severity, number) where alias_of is null;
create index finding_by_severity_and_risk on finding (severity, risk, number) where alias_of is null;
create index finding_by_due on finding (due, number) where alias_of is null;
create index finding_by_severity_and_due on finding (severity, due, number) where alias_of is null;
create index finding_by_first_seen on finding (first_seen, number) where alias_of is null;
create index finding_application on finding (application) where alias_of is null;
create index finding_detection on finding (detection) where alias_of is null;
create index finding_triage on finding (triage) where alias_of is null and triage <> 'new';
create index finding_package on finding (package_id) where package_id is not null;
create index finding_purl on finding (purl) where package_id is null and purl is not null;
create index finding_path on finding (path text_pattern_ops) where path is not null;
create index finding_cwe on finding using gin (cwe);
create index finding_words on finding using gin (${wordsOf('')});
create index attribution_tool on attribution (tool, finding_number);
create index evaluation_commit on evaluation (commit);`;

/** What a person said about many findings at once, so that it can be taken back. Rows of a change go when it no longer can be. */
const bulk = `
create table bulk_triage (
  id uuid primary key,
  at timestamptz not null default now(),
  person text not null,
  triage text not null,
  reason text not null,
  filter text not null,
  changed int not null,
  until timestamptz not null,
  undone_at timestamptz
);
create table bulk_triage_finding (
  bulk_triage_id uuid not null references bulk_triage on delete cascade,
  finding_number bigint not null references finding on delete cascade,
  before_triage text not null,
  revision int not null,
  primary key (bulk_triage_id, finding_number)
);
create index bulk_triage_finding_finding on bulk_triage_finding (finding_number);`;

/** What an import adds is put into these indexes afterwards, by the vacuum: it took a third of the import's time. */
const afterwards = `
alter index finding_words set (gin_pending_list_limit = 32768);
alter index finding_cwe set (gin_pending_list_limit = 32768);`;

/**
 * The words of findings lie beside them, so that they are written once and not with each change of state, and of many findings after
 * their import. What is only written in the transaction that writes its finding needs no constraint that looks for it again:
 * that was a third of writing it. Findings end in one place, which takes all of this with them.
 */
const volume = `
drop index finding_words;
create table finding_words (finding_number bigint primary key, words tsvector not null);
insert into finding_words (finding_number, words) select number, ${wordsOf('')} from finding;
create index finding_words_words on finding_words using gin (words) with (gin_pending_list_limit = 32768);
alter index finding_cwe set (fastupdate = off);
alter table finding_seen drop constraint finding_seen_finding_number_fkey;
alter table finding_event drop constraint finding_event_finding_number_fkey;
alter table attribution drop constraint attribution_finding_number_fkey;
alter table identity_key drop constraint identity_key_finding_number_fkey;
alter table sighting drop constraint sighting_finding_number_fkey, drop constraint sighting_report_id_fkey;
alter table finding_state drop constraint finding_state_finding_number_fkey, drop constraint finding_state_lineage_id_fkey;`;

/** Of one that was taken back the text goes. */
const comments = `
create table finding_comment (
  id uuid primary key,
  finding_number bigint not null references finding,
  at timestamptz not null default clock_timestamp(),
  person text not null,
  -- Kind and id of the account: two may have one name.
  author text not null,
  text text,
  edited_at timestamptz,
  deleted_at timestamptz
);
create index finding_comment_finding on finding_comment (finding_number, id);`;

export const findingsMigrations: readonly Migration[] = [
  { name: 'findings-001-findings', sql: findings },
  { name: 'findings-002-evaluations', sql: evaluations },
  { name: 'findings-003-heads', sql: heads },
  { name: 'findings-004-uploads', sql: uploads },
  { name: 'findings-005-silent', sql: 'alter table evaluation add column silent boolean not null default false;' },
  { name: 'findings-006-change-only', sql: 'alter table evaluation add column change_only boolean not null default false;' },
  { name: 'findings-007-lists', sql: lists },
  { name: 'findings-008-bulk', sql: bulk },
  { name: 'findings-009-words-afterwards', sql: afterwards },
  { name: 'findings-010-volume', sql: volume },
  { name: 'findings-011-comments', sql: comments },
];
