import type { AppIdentity, AppReach, GivenRepository, InstalledAt } from '../app.ts';
import { ScmCallFailed, type ConnectTo } from '../client.ts';
import { at, firstText, idText, listAt, listOf } from '../payload.ts';
import { perPage } from '../repository-list.ts';
import { callRest } from '../rest.ts';
import { isFullName } from '../site.ts';
import { appJwt } from './app-jwt.ts';
import { version } from './version.ts';

const mostPages = 400;
const mostInstallationPages = 20;
const longestMs = 120_000;

/** A token of an installation, for what the body says. */
export async function installationToken(asApp: ConnectTo, installation: string, body: object): Promise<string> {
  const path = ['app', 'installations', installation, 'access_tokens'];
  const { json } = await callRest(asApp, { method: 'POST', path, headers: version, body });
  const token = at(json, 'token');
  if (typeof token !== 'string' || token === '') throw new ScmCallFailed('GitHub answered without a token', false);
  return token;
}

/** Those that are suspended, too. What is missing from the list counts for nothing. */
export async function installationsOf(to: ConnectTo, app: AppIdentity): Promise<InstalledAt[]> {
  const asApp = { ...to, authorization: `Bearer ${await appJwt(app)}` };
  const found: InstalledAt[] = [];
  for (let page = 1; page <= mostInstallationPages; page++) {
    const query = { per_page: String(perPage), page: String(page) };
    const { json } = await callRest(asApp, { method: 'GET', path: ['app', 'installations'], query, headers: version });
    const listed = listOf(json);
    for (const one of listed) {
      const [installation, account] = [idText(at(one, 'id')), firstText(at(one, 'account', 'login'))];
      if (installation !== undefined && account !== undefined) found.push({ installation, account });
    }
    if (listed.length < perPage) break;
  }
  return found;
}

/** What an installation may see. The lists of organisations would show what is public beside it. */
export async function reachOfInstallation(to: ConnectTo, app: AppIdentity, installation: string): Promise<AppReach> {
  const asApp = { ...to, authorization: `Bearer ${await appJwt(app)}` };
  const { found, json } = await callRest(asApp, { method: 'GET', path: ['app', 'installations', installation], headers: version });
  if (!found) return { state: 'removed' };
  const account = firstText(at(json, 'account', 'login'));
  if (account === undefined) throw new ScmCallFailed('GitHub named no account of the installation', false);
  if ((at(json, 'suspended_at') ?? null) !== null) return { state: 'suspended', account };
  const token = await installationToken(asApp, installation, { permissions: { metadata: 'read' } });
  return { state: 'active', account, repositories: await givenTo({ ...to, authorization: `Bearer ${token}` }) };
}

/** All or an error: what is missing from the list counts as lost. */
async function givenTo(to: ConnectTo): Promise<GivenRepository[]> {
  const until = Date.now() + longestMs;
  const given = new Map<string, GivenRepository>();
  for (let page = 1; page <= mostPages && Date.now() < until; page++) {
    const query = { per_page: String(perPage), page: String(page) };
    const { json } = await callRest(to, { method: 'GET', path: ['installation', 'repositories'], query, headers: version });
    const listed = listAt(json, 'repositories');
    for (const one of listed) {
      const repository = readGiven(one);
      given.set(repository.id, repository);
    }
    if (listed.length >= perPage) continue;
    if (given.size === at(json, 'total_count')) return [...given.values()];
    throw new ScmCallFailed('what the App was given changed while GitHub listed it', true);
  }
  throw new ScmCallFailed('GitHub lists too slowly or too much of what the App was given', false);
}

function readGiven(one: unknown): GivenRepository {
  const [id, fullName] = [idText(at(one, 'id')), firstText(at(one, 'full_name'))];
  if (id === undefined || fullName === undefined || !isFullName(fullName))
    throw new ScmCallFailed('GitHub listed a repository without an id or a name', false);
  return { id, fullName, archived: at(one, 'archived') === true || at(one, 'disabled') === true };
}
