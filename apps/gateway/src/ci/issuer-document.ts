import { repositoryId, RepositoryAddressRefused, type CiIssuerDocument } from '@throughline/contracts';
import { isLoopback, Problem, type Fault } from '@throughline/service';
import { ciIssuerKinds } from './issuers/registry.ts';

/** Checks what the fields alone do not tell; throws `Problem` 422 with each fault. */
export function documentRead(document: CiIssuerDocument): CiIssuerDocument {
  const faults = [...kindFaults(document), ...issuerFaults(document), ...repositoryFaults(document)];
  if (faults.length > 0) throw new Problem(422, 'invalid', 'the issuer cannot be taken', faults.slice(0, 50));
  return document;
}

function kindFaults({ kind, claims }: CiIssuerDocument): Fault[] {
  const names = ciIssuerKinds.map(({ name }) => name);
  if (!names.includes(kind)) return [{ pointer: '/kind', detail: `must be one of ${names.join(', ')}` }];
  if (claims !== undefined && kind !== 'oidc') return [{ pointer: '/claims', detail: `the claims of ${kind} are known: leave it out` }];
  return [];
}

/** Keys that come over an open line are anybody's; to the machine itself there is none. */
function issuerFaults({ issuer }: CiIssuerDocument): Fault[] {
  const url = URL.parse(issuer);
  const local = url !== null && isLoopback(url.hostname.replace(/^\[|\]$/g, ''));
  if (url?.protocol === 'https:' || local) return url.username === '' ? [] : [{ pointer: '/issuer', detail: 'must not name a user' }];
  return [{ pointer: '/issuer', detail: 'must begin with https://' }];
}

function repositoryFaults({ repositories }: CiIssuerDocument): Fault[] {
  const seen = new Map<string, string>();
  const addresses = new Map<string, string>();
  return repositories.flatMap(({ repository, repositoryId: id, ownerId, protectedRefs = [] }, index): Fault[] => {
    const pointer = `/repositories/${index}`;
    const first = seen.get(`${ownerId} ${id}`);
    seen.set(`${ownerId} ${id}`, pointer);
    const address = canonicalOf(repository);
    const namesake = address === undefined ? undefined : addresses.get(address);
    if (address !== undefined) addresses.set(address, namesake ?? pointer);
    const bare = protectedRefs.findIndex((ref) => !/^refs\/(?:heads|tags)\/\S+$/.test(ref));
    return [
      ...(first === undefined ? [] : [{ pointer, detail: `has the ids of ${first}` }]),
      ...(first === undefined && namesake !== undefined
        ? [{ pointer, detail: `is at the address of ${namesake}, which has other ids` }]
        : []),
      ...(bare < 0 ? [] : [{ pointer: `${pointer}/protectedRefs/${bare}`, detail: 'must be a full ref, such as refs/heads/main' }]),
      ...addressFaults(repository, `${pointer}/repository`),
    ];
  });
}

function addressFaults(address: string, pointer: string): Fault[] {
  try {
    repositoryId(address);
    return [];
  } catch (error) {
    if (!(error instanceof RepositoryAddressRefused)) throw error;
    return [{ pointer, detail: error.message }];
  }
}

function canonicalOf(address: string): string | undefined {
  return addressFaults(address, '').length > 0 ? undefined : repositoryId(address);
}
