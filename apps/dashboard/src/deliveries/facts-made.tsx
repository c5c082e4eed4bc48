import type { DeliveredFact } from '@throughline/contracts';
import { CommitLink, Mono, RepositoryLink } from '../ui/links.tsx';

/** The facts that a delivery became, each leading to what it is about. */
export function FactsMade({ facts }: { readonly facts: readonly DeliveredFact[] }) {
  if (facts.length === 0) return <span className="soft">no fact</span>;
  return (
    <ul className="plain-list">
      {facts.map((fact) => (
        <li key={`${fact.type} ${fact.subject}`}>
          {fact.type} <Subject of={fact.subject} />
        </li>
      ))}
    </ul>
  );
}

function Subject({ of }: { readonly of: string }) {
  const [, repository, commit] = /^(.+)@([0-9a-f]{40}|[0-9a-f]{64})$/.exec(of) ?? [];
  if (!repository || !commit) return <Mono>{of}</Mono>;
  return (
    <>
      <RepositoryLink repository={repository} /> <CommitLink commit={commit} />
    </>
  );
}
