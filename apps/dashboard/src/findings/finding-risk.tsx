import { useQuery } from '@tanstack/react-query';
import type { RiskAnswer } from '@throughline/contracts';
import { get } from '../api.ts';
import { Rows } from '../ui/listing.tsx';
import { Panel } from '../ui/page.tsx';
import { Failure, Loading } from '../ui/state.tsx';

const meanings = { base: 'how bad', likelihood: 'how likely', exposure: 'who can reach it', impact: 'what hangs on it' } as const;

/** The score with its factors, so that it can be checked by hand. */
export function FindingRiskPanel({ id }: { readonly id: string }) {
  const risk = useQuery({ queryKey: ['risk', id], queryFn: () => get<RiskAnswer>(`findings/${id}/risk`) });
  return (
    <Panel title="Why this risk">
      {risk.isPending && <Loading what="the risk" lines={4} />}
      {risk.error && <Failure error={risk.error} retry={() => void risk.refetch()} />}
      {risk.data && <Factors risk={risk.data} />}
    </Panel>
  );
}

function Factors({ risk }: { readonly risk: RiskAnswer }) {
  const factors = (['base', 'likelihood', 'exposure', 'impact'] as const).map((name) => ({ name, ...risk.factors[name] }));
  const product = ['100', ...factors.map(({ value }) => shown(value))].join(' × ');
  return (
    <>
      <Rows
        what="risk factors"
        items={factors}
        keyOf={(factor) => factor.name}
        columns={[
          {
            head: 'Factor',
            cell: (factor) => (
              <>
                {factor.name} <span className="soft small">{meanings[factor.name]}</span>
              </>
            ),
          },
          { head: 'Value', cell: (factor) => shown(factor.value) },
          { head: 'Because', wide: true, cell: (factor) => factor.because },
        ]}
      />
      <p>
        <span className="mono">
          {product} = <strong>{Math.round(risk.score)}</strong>
        </span>
        , which is {risk.priority}. What is unknown never lowers it.
      </p>
    </>
  );
}

function shown(value: number): string {
  return String(Math.round(value * 100) / 100);
}
