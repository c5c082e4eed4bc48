import { Fragment, type ReactNode } from 'react';
import { Link } from 'react-router';
import { withQuery } from '../api.ts';

const to = (...parts: readonly string[]): string => `/${parts.map((part) => encodeURIComponent(part)).join('/')}`;

interface IdProps {
  readonly id: string;
  readonly children?: ReactNode;
}

/** The last digits of an id: those of one minute begin alike. */
export const shortId = (id: string): string => id.slice(-8);

export function AlertLink({ id, children }: IdProps) {
  return <Link to={to('alerts', id)}>{children ?? <Mono>{shortId(id)}</Mono>}</Link>;
}

export function DecisionLink({ id, children }: IdProps) {
  return <Link to={to('decisions', id)}>{children ?? <Mono>{shortId(id)}</Mono>}</Link>;
}

export function FindingLink({ id, children }: IdProps) {
  return <Link to={to('findings', id)}>{children ?? <Mono>{shortId(id)}</Mono>}</Link>;
}

export function FixLink({ id, children }: IdProps) {
  return <Link to={to('fixes', id)}>{children ?? <Mono>{shortId(id)}</Mono>}</Link>;
}

export function WaiverLink({ id, children }: IdProps) {
  return <Link to={to('waivers', id)}>{children ?? <Mono>{shortId(id)}</Mono>}</Link>;
}

export function ChainLink({ id, children }: IdProps) {
  return <Link to={to('chains', id)}>{children ?? <Mono>{id.slice(0, 12)}</Mono>}</Link>;
}

/** Leads to the chain that is rooted at the commit. */
export function CommitLink({ commit }: { readonly commit: string }) {
  return (
    <Link to={to('commits', commit)}>
      <Mono>{commit.slice(0, 12)}</Mono>
    </Link>
  );
}

export function RepositoryLink({ repository, children }: { readonly repository: string; readonly children?: ReactNode }) {
  return <Link to={withQuery('/repositories/named', { repository })}>{children ?? <Path of={repository} />}</Link>;
}

export function ApplicationLink({ name }: { readonly name: string }) {
  return name === 'unassigned' ? <span>unassigned</span> : <Link to={to('applications', name)}>{name}</Link>;
}

export function PolicyLink({ name, version }: { readonly name: string; readonly version?: number }) {
  return (
    <Link to={to('policies', name)}>
      <Mono>{version ? `${name}@${version}` : name}</Mono>
    </Link>
  );
}

export function AdvisoryLink({ id }: { readonly id: string }) {
  return (
    <Link to={to('advisories', id)}>
      <Mono>{id}</Mono>
    </Link>
  );
}

export function MessageLink({ id, children }: IdProps) {
  return <Link to={to('messages', id)}>{children ?? <Mono>{shortId(id)}</Mono>}</Link>;
}

export function DeliveryLink({ id, children }: IdProps) {
  return <Link to={to('deliveries', id)}>{children ?? <Mono>{shortId(id)}</Mono>}</Link>;
}

export function SourceLink({ id, children }: IdProps) {
  return <Link to={to('sources', id)}>{children ?? <Mono>{shortId(id)}</Mono>}</Link>;
}

/** Page of what a chain key names, where it has one. */
export function pageOfKey(key: string): string | undefined {
  const at = key.indexOf(':');
  const folder = { decision: 'decisions', alert: 'alerts', proposal: 'fixes', waiver: 'waivers', delivery: 'messages' }[key.slice(0, at)];
  return folder && to(folder, key.slice(at + 1));
}

/** A path that may break behind each of its parts, and nowhere else. */
export function Path({ of }: { readonly of: string }) {
  return of.split(/(?<=\/)/).map((part, index) => (
    <Fragment key={index}>
      {part}
      <wbr />
    </Fragment>
  ));
}

export function Mono({ children }: { readonly children: ReactNode }) {
  return <span className="mono">{children}</span>;
}

/** `refs/heads/main` as people say it. */
export function branchOf(ref: string): string {
  return ref.replace(/^refs\/(?:heads|tags)\//, '');
}
