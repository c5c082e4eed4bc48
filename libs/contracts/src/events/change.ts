import { CommitId, Count, Flag, ListOf, Maybe, OneOf, Text, Texts, Time } from '../fields.ts';
import { Fact } from '../fact.ts';
import { commitSubject, keys } from '../keys.ts';

/** One commit of a push, as the provider tells it; the author is free text and proves nothing. */
export class PushedCommit {
  @CommitId() id: string;
  @Text(200) title: string;
  @Text(200) author: string;
  @Maybe() @Time() time?: string;
}

/** A branch or tag of a repository moved to a commit (CDEvents: branch created, modified). */
@Fact<ChangePushed>({
  type: 'change.pushed',
  topic: 'change',
  writer: 'ingest',
  key: (fact) => fact.repository,
  subject: (fact) => commitSubject(fact.repository, fact.after),
  makes: (fact) => [keys.commit(fact.repository, fact.after)],
})
export class ChangePushed {
  @Text(1024) repository: string;
  /** Source that told it; it owns the credentials for the way back. Absent for a scan asked for by hand. */
  @Maybe() @Text(64) source?: string;
  /** Full ref, `refs/heads/main`. */
  @Text(512) ref: string;
  /** Where the ref was; absent when it is new. */
  @Maybe() @CommitId() before?: string;
  @CommitId() after: string;
  @Text(255) defaultBranch: string;
  @Flag() forced: boolean;
  /** Login at the provider that authenticated the push. */
  @Text(200) pusher: string;
  /** The last 20 commits at most. */
  @ListOf(() => PushedCommit, 20) commits: PushedCommit[];
  /** Asked for with `POST /repositories/{id}/scan`: evidence is collected again. */
  @Maybe() @Flag() rescan?: boolean;
  /** Nobody pushed: a repository was connected and is looked at for the first time. What is found there is its stock, and news to nobody. */
  @Maybe() @Flag() first?: boolean;
}

/** A change request was opened, updated or reopened (CDEvents: change created, updated). */
@Fact<ChangeProposed>({
  type: 'change.proposed',
  topic: 'change',
  writer: 'ingest',
  key: (fact) => fact.repository,
  subject: (fact) => commitSubject(fact.repository, fact.head),
  makes: (fact) => [keys.change(fact.repository, fact.number)],
  madeFrom: (fact) => [keys.commit(fact.repository, fact.head)],
})
export class ChangeProposed {
  @Text(1024) repository: string;
  @Maybe() @Text(64) source?: string;
  @Count(1) number: number;
  @Text(300) title: string;
  @Text(200) author: string;
  @CommitId() head: string;
  @Text(512) headRef: string;
  /** The head lies in another repository than the base. */
  @Flag() fork: boolean;
  @CommitId() base: string;
  @Text(512) baseRef: string;
  @Text(255) defaultBranch: string;
  @Text(2048) url: string;
  /** Ref of the repository that leads to the head, where its host shows one: the branch of a fork lies elsewhere. */
  @Maybe() @Text(512) headAt?: string;
}

/** Somebody said what they think of a change request, and of which commit (CDEvents: change reviewed). */
@Fact<ChangeReviewed>({
  type: 'change.reviewed',
  topic: 'change',
  writer: 'ingest',
  key: (fact) => fact.repository,
  subject: (fact) => commitSubject(fact.repository, fact.commit),
  madeFrom: (fact) => [keys.change(fact.repository, fact.number)],
})
export class ChangeReviewed {
  @Text(1024) repository: string;
  @Maybe() @Text(64) source?: string;
  @Count(1) number: number;
  /** Head of the change when it was reviewed. */
  @CommitId() commit: string;
  /** Login at the provider. */
  @Text(200) reviewer: string;
  /** `dismissed`: an earlier word counts no longer. */
  @OneOf(['approved', 'changes_requested', 'commented', 'dismissed']) state: 'approved' | 'changes_requested' | 'commented' | 'dismissed';
  /** A rule of the branch was passed over, where the provider tells. */
  @Maybe() @Flag() bypass?: boolean;
  /** The reviewer wrote the change. */
  @Maybe() @Flag() own?: boolean;
}

/** A change request was merged (CDEvents: change merged). */
@Fact<ChangeMerged>({
  type: 'change.merged',
  topic: 'change',
  writer: 'ingest',
  key: (fact) => fact.repository,
  subject: (fact) => commitSubject(fact.repository, fact.commit),
  madeFrom: (fact) => [keys.change(fact.repository, fact.number)],
})
export class ChangeMerged {
  @Text(1024) repository: string;
  @Maybe() @Text(64) source?: string;
  @Count(1) number: number;
  @CommitId() commit: string;
  /** Head of the change when it was merged, where the provider names it: that is what got in, whatever was proposed last. */
  @Maybe() @CommitId() head?: string;
  @Text(512) baseRef: string;
  @Text(200) mergedBy: string;
  /** A rule of the branch was passed over, where the provider tells. */
  @Maybe() @Flag() bypass?: boolean;
  /** Whoever merged it wrote it. */
  @Maybe() @Flag() own?: boolean;
}

/** A change request was closed without a merge (CDEvents: change abandoned). It may be reopened. */
@Fact<ChangeAbandoned>({
  type: 'change.abandoned',
  topic: 'change',
  writer: 'ingest',
  key: (fact) => fact.repository,
  subject: (fact) => keys.change(fact.repository, fact.number),
  madeFrom: (fact) => [keys.change(fact.repository, fact.number)],
})
export class ChangeAbandoned {
  @Text(1024) repository: string;
  @Maybe() @Text(64) source?: string;
  @Count(1) number: number;
  /** Login at the provider; a host closes those of a branch that was deleted in the name of whoever deleted it. */
  @Text(200) closedBy: string;
}

/** Somebody wrote a commit status, or a check run, under our name: it is our own coming back, or somebody else's word. */
@Fact<StatusPosted>({
  type: 'status.posted',
  topic: 'change',
  writer: 'ingest',
  key: (fact) => fact.repository,
  subject: (fact) => commitSubject(fact.repository, fact.commit),
})
export class StatusPosted {
  @Text(1024) repository: string;
  @Maybe() @Text(64) source?: string;
  @CommitId() commit: string;
  /** What the host makes of it: `passed` is all that it counts as passed. */
  @OneOf(['pending', 'passed', 'failed']) state: 'pending' | 'passed' | 'failed';
  @Text(300) description: string;
  @Maybe() @Text(2048) url?: string;
  /** Login at the provider, or name of the App. */
  @Text(200) by: string;
  /** Id of the App that wrote it as a check run. */
  @Maybe() @Text(64) app?: string;
}

/** Somebody gave commands below a change request, and what they were told; strangers are told nothing. */
@Fact<CommandAnswered>({
  type: 'command.answered',
  topic: 'change',
  writer: 'ingest',
  key: (fact) => fact.repository,
  subject: (fact) => `${fact.repository}#${fact.number}`,
  madeFrom: (fact) => [keys.change(fact.repository, fact.number)],
})
export class CommandAnswered {
  @Text(1024) repository: string;
  @Maybe() @Text(64) source?: string;
  @Count(1) number: number;
  /** Id of the comment that gave them, at its host. */
  @Text(128) comment: string;
  /** Login at the provider. */
  @Text(200) by: string;
  @Texts(5, 500) answers: string[];
}

/** A repository became known or changed how it is reached. Ordered: its state is the last one. */
@Fact<RepositoryChanged>({
  type: 'repository.changed',
  topic: 'change',
  writer: 'ingest',
  key: (fact) => fact.repository,
  subject: (fact) => fact.repository,
  ordered: true,
})
export class RepositoryChanged {
  @Text(1024) repository: string;
  @Text(64) repositoryId: string;
  @Text(300) name: string;
  /** Address to fetch from, without credentials. */
  @Text(2048) cloneUrl: string;
  @Maybe() @Text(64) source?: string;
  @Text(100) application: string;
  @Texts(10, 100) labels: string[];
  /** Belongs to the demo: only the demo's advisories speak about it. */
  @Maybe() @Flag() demo?: boolean;
  /** `removed` was said before `RepositoryRemoved` was. */
  @OneOf(['registered', 'changed', 'removed']) action: 'registered' | 'changed' | 'removed';
}

/**
 * A repository was removed: every service forgets what belongs to it. From then on facts about it carry the sequence of this
 * one (`afterremoval`); those that do not tell of the time before, and are dropped however late they come.
 */
@Fact<RepositoryRemoved>({
  type: 'repository.removed',
  topic: 'change',
  writer: 'ingest',
  key: (fact) => fact.repository,
  subject: (fact) => fact.repository,
  ordered: true,
})
export class RepositoryRemoved {
  @Text(1024) repository: string;
  @Text(64) repositoryId: string;
  @Text(300) name: string;
  @Text(100) application: string;
  /** Who removed it. */
  @Text(200) by: string;
}
