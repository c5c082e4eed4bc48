import { jsonItems, type Seen } from '../../json/json-items.ts';
import { objectOf, rejected, textOf } from '../fields.ts';
import type { Head } from '../head.ts';
import type { OpenReport, ReadLine, ReportReader } from '../reader.ts';
import { pointerOf, ReportRefused } from '../report-refused.ts';
import { issueOf, misconfigurationOf, type Project } from './snyk-issues.ts';

/** `snyk test --json`, `snyk container test --json` and `snyk iac test --json`, of one project or a list of them. */
export const snyk: ReportReader = {
  name: 'snyk',
  title: 'Snyk JSON',
  finds: ['vulnerability', 'configuration', 'licence'],
  passes: 2,
  marks: ['$', '$.*'].flatMap((project) =>
    [
      ...[
        'ok',
        'dependencyCount',
        'packageManager',
        'vulnerabilities.*.semver',
        'vulnerabilities.*.isUpgradable',
        'vulnerabilities.*.CVSSv3',
      ],
      ...['infrastructureAsCodeIssues', 'licensesPolicy'],
    ].map((field) => `${project}.${field}`),
  ),
  recognises: (head) => isProject(head, '$') || (head.root === 'list' && isProject(head, '$.*')),
  nothing: (head) => head.root === 'list',
  read,
};

function isProject(head: Head, at: string): boolean {
  return (
    head.has(`${at}.infrastructureAsCodeIssues`) ||
    head.has(`${at}.vulnerabilities.*.semver`, `${at}.vulnerabilities.*.CVSSv3`) ||
    head.has(`${at}.vulnerabilities.*.semver`, `${at}.vulnerabilities.*.isUpgradable`) ||
    head.has(`${at}.ok`, `${at}.dependencyCount`) ||
    head.has(`${at}.ok`, `${at}.licensesPolicy`)
  );
}

const lists = ['vulnerabilities', 'infrastructureAsCodeIssues'] as const;
/** Where projects lie: alone, in a list, and as the applications of an image. */
const places = ['$', '$.*', '$.applications.*', '$.*.applications.*'];
const fields = ['displayTargetFile', 'targetFile', 'path', 'packageManager', 'projectName', 'error'] as const;

async function* read(open: OpenReport): AsyncIterable<ReadLine> {
  const seen: Seen = new Map();
  const projects = await projectsOf(open(), seen);
  const inList = seen.get('$') === 'list';
  const base = inList ? ['$.*', '$.*.applications.*'] : ['$', '$.applications.*'];
  const failed = [...projects].filter(([, { error }]) => error !== undefined);
  // An application that could not be tested says nothing against the image around it.
  const own = [...projects].filter(([, { inImage }]) => inImage !== true);
  const broken = own.find(([, { error }]) => error !== undefined);
  if (broken && own.every(([, { error }]) => error !== undefined))
    throw new ReportRefused('Snyk could not test: the report holds its error', { pointer: `${broken[0]}/error` });
  for (const [, { displayTargetFile, path }] of failed) yield unread(displayTargetFile ?? path);
  const results = base.flatMap((place) => lists.map((list) => `${place}.${list}.*`));
  for await (const { path, value } of jsonItems(open(), results, { seen }))
    yield lineOf(value, path, projects.get(pointerOf(path.slice(0, -2))) ?? {});
  const empty = inList && !seen.has('$.*');
  if (!empty && !lists.some((list) => seen.get(`${base[0]}.${list}`) === 'list') && failed.length === 0)
    throw new ReportRefused('this is no report of Snyk', { pointer: '' });
}

function unread(path: string | undefined): ReadLine {
  return { unread: path === undefined ? {} : { path } };
}

function lineOf(value: unknown, path: readonly (string | number)[], project: Project): ReadLine {
  const issue = objectOf(value);
  if (!issue) return rejected(path, 'an issue must be an object');
  const finding = path.at(-2) === 'vulnerabilities' ? issueOf(issue, project) : misconfigurationOf(issue, project);
  return typeof finding === 'string' ? rejected(path, finding) : { finding };
}

/** What is said of the projects, by the pointer of each. */
async function projectsOf(report: AsyncIterable<Uint8Array>, seen: Seen): Promise<ReadonlyMap<string, Project>> {
  const projects = new Map<string, Project>();
  const selectors = places.flatMap((base) => [
    ...fields.map((field) => `${base}.${field}`),
    ...lists.map((list) => `${base}.${list}.*.id`),
  ]);
  for await (const { path, value } of jsonItems(report, selectors, { seen })) {
    const field = path.at(-1) as string;
    const owner = pointerOf(path.slice(0, field === 'id' ? -3 : -1));
    const known = projects.get(owner) ?? {};
    const image = path.includes('applications') ? { inImage: true } : {};
    projects.set(owner, { ...known, ...image, ...(field !== 'id' && { [field]: textOf(value, 1024) }) });
  }
  return projects;
}
