import { Button, Code } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { DecisionDetail, DecisionInput, DecisionReplay } from '@throughline/contracts';
import { call, get } from '../api.ts';
import { Mono } from '../ui/links.tsx';
import { Panel } from '../ui/page.tsx';
import { Failure, Loading } from '../ui/state.tsx';
import { ResultTag, Tag } from '../ui/tags.tsx';

/** The kept input, by digest, and the proof that it leads to the same decision again. */
export function Reevaluation({ decision }: { readonly decision: DecisionDetail }) {
  const [shown, show] = useState(false);
  const again = useMutation({ mutationFn: () => call<DecisionReplay>('POST', `decisions/${decision.id}/replay`) });
  return (
    <Panel title="What it follows from">
      <p className="small">
        Everything that was judged is kept under this digest: <Mono>{decision.input}</Mono>
      </p>
      <p className="soft small">Judged by {decision.evaluator}</p>
      <Button size="compact-sm" variant="default" onClick={() => again.mutate()} loading={again.isPending}>
        Judge it again
      </Button>{' '}
      <Button size="compact-sm" variant="default" onClick={() => show(!shown)} aria-expanded={shown}>
        {shown ? 'Hide the input' : 'Show the input'}
      </Button>
      <div aria-live="polite">{again.data && <Outcome replay={again.data} />}</div>
      {again.error && <Failure error={again.error} />}
      {shown && <Input id={decision.id} />}
    </Panel>
  );
}

function Outcome({ replay }: { readonly replay: DecisionReplay }) {
  return (
    <p className="small">
      <Tag tone={replay.identical ? 'good' : 'bad'}>{replay.identical ? 'identical' : 'differs'}</Tag> was <ResultTag result={replay.was} />
      , is now <ResultTag result={replay.would} />
      {replay.evaluatorNow !== replay.evaluatorThen && ` by ${replay.evaluatorNow}`}
    </p>
  );
}

function Input({ id }: { readonly id: string }) {
  const input = useQuery({ queryKey: ['decision-input', id], queryFn: () => get<DecisionInput>(`decisions/${id}/input`) });
  if (input.isPending) return <Loading what="the input" />;
  if (input.error) return <Failure error={input.error} retry={() => void input.refetch()} />;
  return (
    <Code block className="source" tabIndex={0} aria-label="The input as JSON">
      {JSON.stringify(input.data.input, null, 2)}
    </Code>
  );
}
