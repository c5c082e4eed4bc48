import { Button, Select, Textarea, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import type { CheckReleaseAnswer } from '@throughline/contracts';
import { call } from '../api.ts';
import { PageHead, Panel } from '../ui/page.tsx';
import { Failure } from '../ui/state.tsx';
import { lengthOf } from './release-words.ts';

/** A day is the longest. */
const lengths = [30, 60, 240, 480, 1440].map((minutes) => ({ value: String(minutes), label: lengthOf(minutes) }));

/** Asks for a release; it holds when somebody else has confirmed it. */
export function ReleaseForm() {
  const navigate = useNavigate();
  const queries = useQueryClient();
  const [asked, setAsked] = useState({ reason: '', minutes: '60', repository: '' });
  const ask = useMutation({
    mutationFn: () => {
      const repository = asked.repository.trim();
      const body = { reason: asked.reason.trim(), minutes: Number(asked.minutes), ...(repository !== '' && { repository }) };
      return call<CheckReleaseAnswer>('POST', 'check-releases', body);
    },
    onSuccess: ({ id }) => {
      void queries.invalidateQueries({ queryKey: ['list'] });
      void navigate(`/check-releases/${id}`);
    },
  });
  return (
    <>
      <PageHead title="Ask for a check release" above={{ to: '/check-releases', label: 'Check releases' }}>
        For an outage only: checks that nobody can judge pass for a while. Somebody else has to confirm it within an hour. What is blocked
        stays blocked: for that there are exceptions.
      </PageHead>
      <Panel title="Which checks, for how long, and why">
        <form
          className="fields"
          onSubmit={(event) => {
            event.preventDefault();
            ask.mutate();
          }}
        >
          <Textarea
            label="Reason"
            description="Why nobody can wait for the judgement. It stands in the line of every check that passes"
            required
            maxLength={1000}
            minRows={2}
            autosize
            value={asked.reason}
            onChange={(event) => setAsked({ ...asked, reason: event.currentTarget.value })}
          />
          <Select
            label="For how long"
            description="From the confirmation on"
            data={lengths}
            value={asked.minutes}
            onChange={(minutes) => setAsked({ ...asked, minutes: minutes ?? '60' })}
            allowDeselect={false}
          />
          <TextInput
            label="Repository"
            description="Any spelling of its clone URL. Every check, when this is empty"
            maxLength={2048}
            value={asked.repository}
            onChange={(event) => setAsked({ ...asked, repository: event.currentTarget.value })}
          />
          {ask.error && <Failure error={ask.error} />}
          <Button type="submit" style={{ alignSelf: 'start' }} loading={ask.isPending} disabled={asked.reason.trim() === ''}>
            Ask for it
          </Button>
        </form>
      </Panel>
    </>
  );
}
