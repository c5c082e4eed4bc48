import { ScmCallFailed, type ConnectTo } from '../client.ts';
import type { AppTokenPlace, AppTokenPurpose, MadeApp, ScmApps } from '../app.ts';
import { at, firstText, idText, positive } from '../payload.ts';
import { callRest, repositoryPath } from '../rest.ts';
import { trimmed } from '../site.ts';
import { appJwt } from './app-jwt.ts';
import { installationsOf, installationToken, reachOfInstallation } from './installation.ts';
import { version } from './version.ts';

type Permissions = Readonly<Record<string, 'read' | 'write'>>;

/** What each purpose needs, and nothing beside. */
const permissions: Readonly<Record<AppTokenPurpose, Permissions>> = {
  clone: { contents: 'read' },
  status: { checks: 'write', statuses: 'write', pull_requests: 'write' },
  write: { contents: 'write', pull_requests: 'write' },
  list: { metadata: 'read' },
};
const events = [
  'push',
  'pull_request',
  'pull_request_review',
  'merge_group',
  'check_run',
  'check_suite',
  'status',
  'issue_comment',
  'repository',
];
const organisationName = /^[A-Za-z0-9][A-Za-z0-9-]{0,38}$/;

/** GitHub Apps, made from a manifest. */
export const githubApps: ScmApps = {
  creationUrl(baseUrl, organisation, state) {
    const owner = organisation === undefined ? '' : `/organizations/${encodeURIComponent(organisation)}`;
    return `${trimmed(baseUrl)}${owner}/settings/apps/new?${new URLSearchParams({ state }).toString()}`;
  },

  manifest: ({ name, url, hookUrl, redirectUrl, fixes }) => ({
    name,
    url,
    hook_attributes: { url: hookUrl, active: true },
    redirect_url: redirectUrl,
    public: false,
    default_events: events,
    default_permissions: { ...permissions.status, contents: fixes ? 'write' : 'read', merge_queues: 'read', metadata: 'read' },
  }),

  async exchange(to, code) {
    const { json } = await callRest(to, { method: 'POST', path: ['app-manifests', code, 'conversions'], headers: version });
    return madeApp(json);
  },

  async token(to, app, place, purpose) {
    const asApp = { ...to, authorization: `Bearer ${await appJwt(app)}` };
    const installation = await installationAt(asApp, place);
    if (installation === undefined) return undefined;
    const only = 'fullName' in place ? { repositories: [place.fullName.split('/')[1]] } : {};
    return installationToken(asApp, installation, { ...only, permissions: permissions[purpose] });
  },

  installations: installationsOf,

  reach: reachOfInstallation,
};

/** The installation that covers a repository or an organisation; people can install an App, too. */
async function installationAt(to: ConnectTo, place: AppTokenPlace): Promise<string | undefined> {
  for (const path of pathsTo(place)) {
    const { found, json } = await callRest(to, { method: 'GET', path: [...path, 'installation'], headers: version });
    const id = found && (at(json, 'suspended_at') ?? null) === null ? positive(at(json, 'id')) : undefined;
    if (id !== undefined) return String(id);
  }
  return undefined;
}

function pathsTo(place: AppTokenPlace): readonly (readonly string[])[] {
  if ('fullName' in place) return [repositoryPath(place.fullName)];
  return organisationName.test(place.organisation) ? ['orgs', 'users'].map((kind) => [kind, place.organisation]) : [];
}

function madeApp(json: unknown): MadeApp {
  const [id, key, secret] = [idText(at(json, 'id')), firstText(at(json, 'pem')), firstText(at(json, 'webhook_secret'))];
  const url = firstText(at(json, 'html_url'));
  if (id === undefined || key === undefined || secret === undefined || url === undefined || !/^https?:\/\//.test(url))
    throw new ScmCallFailed('GitHub made an App, but told no id, key, secret or address of it', false);
  return { id, key, secret, url };
}
