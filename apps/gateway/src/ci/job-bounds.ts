import { commitForm, repositoryId, type CiRepository, type RepositoryIdentity } from '@throughline/contracts';
import { Problem, type Bound } from '@throughline/service';
import type { CiJob } from './issuers/ci-issuer.ts';

const refForm = /^refs\/[^\s\p{Cc}~^:?*[\\]{1,500}$/u;

/** The repository that was configured for a job, by its ids. Throws `Problem` 403 with the reason. */
export function configuredFor(job: CiJob, repositories: readonly CiRepository[]): CiRepository {
  const known = repositories.find((each) => each.repositoryId === job.repositoryId && each.ownerId === job.ownerId);
  if (!known) throw refused(strangerThan(job, repositories));
  return known;
}

/**
 * What a job may speak about. Its repository is called what was configured, or what its host told of the one with the id; somebody
 * has to look at any other name. Throws `Problem` 403 with the reason.
 */
export function boundsOf(job: CiJob, known: CiRepository, { repository, certain, names }: RepositoryIdentity): Bound {
  const own = [repositoryId(known.repository), ...(certain ? names : [])];
  if (job.repository !== undefined && !own.some((id) => isNameOf(job.repository!, id))) throw renamed(job.repository, known, certain);
  if (!commitForm.test(job.commit)) throw refused('the token names no full commit id');
  if (!refForm.test(job.ref)) throw refused('the token names no full ref');
  const changeOnly = whyChangeOnly(job, known);
  return { repository, commit: job.commit, ref: job.ref, ...(changeOnly === undefined ? {} : { changeOnly }) };
}

/** Why what a job says is good for the change gate only; undefined for a job that only those could shape who may write to a protected ref. */
function whyChangeOnly(job: CiJob, { protectedRefs, workflows }: CiRepository): string | undefined {
  if (job.outside !== undefined) return job.outside;
  const isProtected = protectedRefs === undefined ? job.refProtected === true : protectedRefs.some((pattern) => covers(pattern, job.ref));
  if (!isProtected) return `${job.ref} is not protected`.slice(0, 300);
  if (workflows !== undefined && !workflows.includes(job.workflow ?? ''))
    return `its workflow is ${job.workflow ?? 'not told'}, which is not one of those that were named`.slice(0, 300);
  return undefined;
}

/** `*` stands for anything within a part of a ref's name. */
function covers(pattern: string, ref: string): boolean {
  const parts = pattern.split('/');
  const given = ref.split('/');
  return parts.length === given.length && parts.every((part, at) => matches(part, given[at]!));
}

function matches(pattern: string, part: string): boolean {
  const [start, ...rest] = pattern.split('*') as [string, ...string[]];
  if (rest.length === 0) return pattern === part;
  if (!part.startsWith(start)) return false;
  let at = start.length;
  for (const piece of rest.slice(0, -1)) {
    const found = part.indexOf(piece, at);
    if (found < 0) return false;
    at = found + piece.length;
  }
  return part.length - rest.at(-1)!.length >= at && part.endsWith(rest.at(-1)!);
}

/** The id's path ends with what the build system calls it. */
function isNameOf(name: string, id: string): boolean {
  return id.endsWith(`/${name.toLowerCase()}`);
}

/** A name that is known under another id was given up and taken by somebody else. */
function strangerThan({ repositoryId: id, ownerId, repository }: CiJob, repositories: readonly CiRepository[]): string {
  const named = repository === undefined ? undefined : repositories.find((each) => isNameOf(repository, repositoryId(each.repository)));
  if (named) {
    const was = `${named.repositoryId} of owner ${named.ownerId}`;
    return `${repository} has the id ${id} of owner ${ownerId}, and is configured as ${was}: it was made anew or moved`;
  }
  return `the repository ${repository ?? ''} with the id ${id} of owner ${ownerId} may not speak here: add it to the issuer`;
}

function renamed(name: string, { repository }: CiRepository, certain: boolean): Problem {
  const told = certain ? ', which its host has not told here: wait until it does, or' : ':';
  return refused(`the repository ${repository} is called ${name} by now${told} put its new address into the issuer`);
}

export function refused(detail: string): Problem {
  return new Problem(403, 'ci_refused', detail.slice(0, 600));
}
