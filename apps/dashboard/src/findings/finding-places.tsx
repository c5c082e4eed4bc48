import type { FindingDetail } from '@throughline/contracts';
import { branchOf } from '../ui/links.tsx';
import { Rows } from '../ui/listing.tsx';
import { Panel } from '../ui/page.tsx';
import { StateTag, When } from '../ui/tags.tsx';
import { placeOf } from './finding-columns.tsx';

/** Where it is, on which lines of development, and which tools saw it. */
export function FindingPlaces({ finding }: { readonly finding: FindingDetail }) {
  return (
    <Panel title="Where">
      <p>
        <span className="mono">{placeOf(finding) || 'The tool names no place.'}</span>
      </p>
      {finding.lines.length > 0 && (
        <Rows
          what="lines of development"
          items={finding.lines}
          keyOf={(line) => `${line.line} ${line.tool}`}
          columns={[
            { head: 'Line', cell: (line) => branchOf(line.line) },
            { head: 'Tool', cell: (line) => line.tool },
            { head: 'State', cell: (line) => <StateTag state={line.detection} /> },
            { head: 'Since', cell: (line) => <When time={line.since} /> },
          ]}
        />
      )}
      <p className="soft small">
        Seen by{' '}
        {finding.attributions.map((one, index) => (
          <span key={one.tool}>
            {index > 0 && ', '}
            {one.tool} (last <When time={one.last} />)
          </span>
        ))}
      </p>
    </Panel>
  );
}
