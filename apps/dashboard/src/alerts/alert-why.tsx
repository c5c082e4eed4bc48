import { useQuery } from '@tanstack/react-query';
import type { AlertStory } from '@throughline/contracts';
import { get } from '../api.ts';
import { ChainLink, PolicyLink } from '../ui/links.tsx';
import { Panel } from '../ui/page.tsx';
import { Failure, Loading } from '../ui/state.tsx';
import { ResultTag } from '../ui/tags.tsx';
import { storyLine } from './story-line.ts';

/** How it came to the alert: the story, the gates that let it by, the earliest that could have stopped it, what is not known. */
export function AlertWhy({ id }: { readonly id: string }) {
  const why = useQuery({ queryKey: ['why', id], queryFn: () => get<AlertStory>(`alerts/${encodeURIComponent(id)}/why`) });
  if (why.isPending)
    return (
      <Panel title="How it came to this">
        <Loading what="the story" />
      </Panel>
    );
  if (why.error)
    return (
      <Panel title="How it came to this">
        <Failure error={why.error} retry={() => void why.refetch()} />
      </Panel>
    );
  return (
    <>
      <Panel title="How it came to this" aside={<ChainLink id={why.data.chain}>as a chain</ChainLink>}>
        <Story lines={why.data.story} />
        {why.data.partial && <p className="soft small">The alert&apos;s own fact has not arrived in the chain yet: the end is missing.</p>}
      </Panel>
      <Panel title="Gates on the way">
        <Gates why={why.data} />
      </Panel>
      <Panel title="What the chain does not know">
        {why.data.gaps.length === 0 ? (
          <p className="soft">Every hop from the commit to the alert is there.</p>
        ) : (
          <ul className="bullets">
            {why.data.gaps.map((gap) => (
              <li key={gap}>{gap}</li>
            ))}
          </ul>
        )}
      </Panel>
    </>
  );
}

function Story({ lines }: { readonly lines: readonly string[] }) {
  const told = lines.map(storyLine);
  const start = told.find((line) => line.time)?.time;
  return (
    <ol className="story">
      {told.map((line, index) => (
        <li key={index}>
          <span className="soft small mono">{line.time && start ? sinceStart(start, line.time) : ''}</span>
          <span>
            <span className="soft small">{line.service}</span> {line.text}
            {line.details && <div className="soft small">{line.details}</div>}
          </span>
        </li>
      ))}
    </ol>
  );
}

function Gates({ why }: { readonly why: AlertStory }) {
  return (
    <>
      {why.gatesPassed.length === 0 && <p className="soft">No gate let this pass.</p>}
      <ul className="plain-list">
        {why.gatesPassed.map((gate) => (
          <li key={`${gate.gate} ${gate.policy}`}>
            {gate.gate} gate: <ResultTag result={gate.decision} />{' '}
            {gate.version > 0 ? <PolicyLink name={gate.policy} version={gate.version} /> : gate.policy}
          </li>
        ))}
      </ul>
      {why.earliestStop && (
        <>
          <p>
            The first that could stop it: the <strong>{why.earliestStop.gate}</strong> gate, by
          </p>
          <ul className="bullets">
            {why.earliestStop.reason.split('; ').map((reason) => (
              <li key={reason}>{reason}</li>
            ))}
          </ul>
        </>
      )}
    </>
  );
}

function sinceStart(start: string, time: string): string {
  const ms = Date.parse(time) - Date.parse(start);
  return ms < 120_000 ? `+${(ms / 1000).toFixed(1)} s` : `+${Math.round(ms / 60_000)} min`;
}
