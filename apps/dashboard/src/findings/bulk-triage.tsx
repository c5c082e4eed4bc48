import { Button, Group, Modal, Select, Textarea } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { BulkTriageAnswer, BulkTriageUndone, Triage } from '@throughline/contracts';
import { call } from '../api.ts';
import { useMay } from '../session/me.ts';
import { Notice } from '../ui/notice.tsx';
import { Failure } from '../ui/state.tsx';
import { utc } from '../ui/tags.tsx';
import { triageChoices } from './triage-choices.ts';

/** As many as one call changes; the list counts one more. */
const most = 10_000;

interface Props {
  /** The filters of the list, as its address has them. */
  readonly params: URLSearchParams;
  /** How many the list says there are. */
  readonly total: number | undefined;
}

/** Says the same about all findings of the list: what it would do comes first, and it can be taken back. */
export function BulkTriageAction({ params, total }: Props) {
  const may = useMay('findings:write');
  const [opened, setOpened] = useState(false);
  const filter = Object.fromEntries([...params].filter(([name]) => name !== 'sort'));
  if (!may || Object.keys(filter).length === 0 || total === undefined || total === 0 || total > most) return null;
  return (
    <>
      <Button variant="default" onClick={() => setOpened(true)}>
        {total === 1 ? 'Triage this one' : `Triage all ${total}`}
      </Button>
      <Modal opened={opened} onClose={() => setOpened(false)} title="Triage all of this list" closeButtonProps={{ 'aria-label': 'Close' }}>
        <BulkTriageForm filter={filter} close={() => setOpened(false)} />
      </Modal>
    </>
  );
}

interface FormProps {
  readonly filter: Readonly<Record<string, string>>;
  readonly close: () => void;
}

function BulkTriageForm({ filter, close }: FormProps) {
  const queries = useQueryClient();
  const [triage, setTriage] = useState<Triage | null>(null);
  const [reason, setReason] = useState('');
  const body = { filter, triage, reason: reason.trim() };
  const shown = useMutation({ mutationFn: () => call<BulkTriageAnswer>('POST', 'findings/bulk?dryRun=true', body) });
  const done = useMutation({
    mutationFn: (expected: number) => call<BulkTriageAnswer>('POST', 'findings/bulk', { ...body, expected }),
    onSettled: () => void queries.invalidateQueries(),
  });
  if (done.data) return <Done answer={done.data} close={close} />;
  const preview = shown.data;
  const error = done.error ?? shown.error;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (preview) done.mutate(preview.found);
        else shown.mutate();
      }}
    >
      <Select
        label="What they are"
        data={[...triageChoices]}
        value={triage}
        onChange={(value) => {
          setTriage(value);
          shown.reset();
        }}
        allowDeselect={false}
      />
      <Textarea
        label="Reason"
        description={triage === 'in_triage' ? 'May be left empty.' : 'Kept in the history of each with your name.'}
        value={reason}
        onChange={(event) => {
          setReason(event.currentTarget.value);
          shown.reset();
        }}
        maxLength={2000}
        minRows={2}
        autosize
        mt="xs"
      />
      {preview && <Preview answer={preview} />}
      {error && <Failure error={error} />}
      <Group justify="flex-end" mt="md">
        <Button variant="default" onClick={close}>
          Cancel
        </Button>
        <Button type="submit" disabled={triage === null || preview?.changed === 0} loading={shown.isPending || done.isPending}>
          {preview ? `Triage ${preview.changed}` : 'Preview'}
        </Button>
      </Group>
    </form>
  );
}

function Preview({ answer: { found, changed, skipped } }: { readonly answer: BulkTriageAnswer }) {
  return (
    <Notice tone="info" title={`${changed} of ${found} would change`}>
      {skipped.map(({ code, count, detail }) => (
        <p key={code}>
          {count} not: {detail}.
        </p>
      ))}
    </Notice>
  );
}

/** What was done, with the way back. */
function Done({ answer: { changed, undo }, close }: { readonly answer: BulkTriageAnswer; readonly close: () => void }) {
  const queries = useQueryClient();
  const back = useMutation({
    mutationFn: () => call<BulkTriageUndone>('POST', undo!.href.replace('/api/v1/', '')),
    onSettled: () => void queries.invalidateQueries(),
  });
  return (
    <>
      <p role="status">
        {back.data ? `${back.data.restored} are as they were, ${back.data.left} were changed since and stay.` : `${changed} were triaged.`}
      </p>
      {undo && !back.data && <p>It can be taken back until {utc(undo.until)}.</p>}
      {back.error && <Failure error={back.error} />}
      <Group justify="flex-end" mt="md">
        {undo && !back.data && (
          <Button variant="default" onClick={() => back.mutate()} loading={back.isPending}>
            Undo
          </Button>
        )}
        <Button onClick={close}>Close</Button>
      </Group>
    </>
  );
}
