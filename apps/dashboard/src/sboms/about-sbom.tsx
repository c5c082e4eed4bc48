import type { SbomSummary } from '@throughline/contracts';
import { branchOf, CommitLink, RepositoryLink } from '../ui/links.tsx';

/** What an SBOM is an inventory of. */
export function AboutSbom({ sbom: { repository, commit, ref, image, artifact, name } }: { readonly sbom: SbomSummary }) {
  return (
    <>
      {repository === undefined ? <span>{image ?? name ?? 'an image'}</span> : <RepositoryLink repository={repository} />}
      <div className="soft small">
        {commit !== undefined && <CommitLink commit={commit} />} {ref !== undefined && branchOf(ref)}{' '}
        {artifact !== undefined && <span className="mono">{artifact.slice(0, 19)}</span>}
      </div>
    </>
  );
}
