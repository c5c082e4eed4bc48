import type { FindingDetail } from '@throughline/contracts';
import { attacksOf } from '../ui/exploitation.ts';
import { AdvisoryLink, ApplicationLink, ChainLink, CommitLink, Mono, RepositoryLink } from '../ui/links.tsx';
import { Facts, Panel } from '../ui/page.tsx';
import { StateTag, utc } from '../ui/tags.tsx';
import { DueOf } from './finding-columns.tsx';

/** Its four independent dimensions, then whose it is and by what it is known. */
export function FindingFacts({ finding, asked }: { readonly finding: FindingDetail; readonly asked: string }) {
  return (
    <Panel title="How it stands">
      <Facts
        of={[
          ['Detection', <StateTag state={finding.detection} />],
          ['Triage', <StateTag state={finding.triage} />],
          ['Presence', finding.presence.join(', ')],
          [
            'Identity',
            asked === finding.id ? (
              'canonical'
            ) : (
              <>
                what you asked for became one with <Mono>{finding.id}</Mono>
              </>
            ),
          ],
          ['Due', <DueOf finding={finding} />],
          ['Class', finding.class],
          ['Rule', <Mono>{finding.rule}</Mono>],
          ['Known as', finding.aliases.length > 0 && <Names of={finding.aliases} />],
          ['CWE', finding.cwe?.map((number) => `CWE-${number}`).join(', ')],
          ['CVSS', finding.cvss?.toFixed(1)],
          ['EPSS', finding.epss !== undefined && `${(finding.epss * 100).toFixed(1)} % within 30 days`],
          ['Attacks', finding.class === 'vulnerability' && attacksOf(finding.exploitation)],
          ['Package', finding.component && <Mono>{finding.component.purl}</Mono>],
          ['Resource', finding.resource && <Mono>{finding.resource}</Mono>],
          ['Confidence', finding.confidence],
          ['Repository', <RepositoryLink repository={finding.repository} />],
          ['Application', <ApplicationLink name={finding.application} />],
          ['Team', finding.team],
          ['Owner', finding.owner],
          ['Came with', <CommitLink commit={finding.introducedBy.commit} />],
          ['Chain', <ChainLink id={finding.chain} />],
          ['First seen', utc(finding.firstSeen)],
          ['Last seen', utc(finding.lastSeen)],
          ['Finding id', <Mono>{finding.id}</Mono>],
        ]}
      />
    </Panel>
  );
}

function Names({ of }: { readonly of: readonly string[] }) {
  return of.map((name) => (
    <div key={name}>
      <AdvisoryLink id={name} />
    </div>
  ));
}
