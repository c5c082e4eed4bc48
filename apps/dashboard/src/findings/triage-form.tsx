import { Button, Select, Textarea } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'react-router';
import type { FindingDetail } from '@throughline/contracts';
import { ApiError, call, withQuery } from '../api.ts';
import { useMay } from '../session/me.ts';
import { Notice } from '../ui/notice.tsx';
import { Panel } from '../ui/page.tsx';
import { Failure } from '../ui/state.tsx';
import { triageChoices } from './triage-choices.ts';

const choices = [...triageChoices, { value: 'risk_accepted', label: 'Risk accepted' }];

interface Props {
  readonly finding: FindingDetail;
  readonly reload: () => void;
}

/** What people say about a finding. The revision that was seen goes along, so that nobody overwrites another's word unseen. */
export function TriageForm({ finding, reload }: Props) {
  const may = useMay('findings:write');
  const queries = useQueryClient();
  const [triage, setTriage] = useState<string | null>(finding.triage === 'new' ? null : finding.triage);
  const [reason, setReason] = useState('');
  const save = useMutation({
    mutationFn: () =>
      call<FindingDetail>('PATCH', `findings/${finding.id}`, { triage, reason: reason.trim() }, { 'if-match': `"${finding.revision}"` }),
    onSuccess: () => {
      reload();
      void queries.invalidateQueries({ queryKey: ['list'] });
    },
  });
  if (!may) return null;
  return (
    <Panel title="Triage">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate();
        }}
      >
        <Select
          label="What it is"
          data={choices}
          value={triage}
          onChange={setTriage}
          placeholder="not looked at yet"
          allowDeselect={false}
        />
        <Textarea
          label="Reason"
          description={triage === 'in_triage' ? 'May be left empty.' : 'Kept in the history with your name.'}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
          maxLength={2000}
          minRows={2}
          autosize
          mt="xs"
        />
        {save.error && <Refusal error={save.error} finding={finding.id} reload={reload} />}
        <Button type="submit" size="sm" mt="sm" disabled={triage === null} loading={save.isPending}>
          Save
        </Button>
      </form>
    </Panel>
  );
}

/** The two refusals that have a way on are told as such. */
function Refusal({ error, finding, reload }: { readonly error: Error; readonly finding: string; readonly reload: () => void }) {
  const status = error instanceof ApiError ? error.status : 0;
  if (status === 409) {
    return (
      <Notice tone="warn" title="Accepting a risk is not triage">
        <p>It needs an approver who is neither you nor the author, a premise and an end: an exception.</p>
        <p>
          <Link to={withQuery('/waivers/new', { finding })}>Ask for an exception</Link>
        </p>
      </Notice>
    );
  }
  if (status === 412) {
    return (
      <Notice tone="warn" title="Somebody changed it meanwhile">
        <p>Read what was said, then decide again.</p>
        <Button size="compact-sm" variant="default" onClick={reload}>
          Show the finding as it is now
        </Button>
      </Notice>
    );
  }
  return (
    <div className="below">
      <Failure error={error} />
    </div>
  );
}
