import { Button, Checkbox, Select, Stack, Textarea, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useNavigate, useSearchParams } from 'react-router';
import type { DecisionDetail, FindingDetail, WaiverAnswer } from '@throughline/contracts';
import { call, get } from '../api.ts';
import { FindingLink } from '../ui/links.tsx';
import { PageHead, Panel } from '../ui/page.tsx';
import { Failure } from '../ui/state.tsx';

const responses = [
  { value: 'will_not_fix', label: 'Will not fix' },
  { value: 'can_not_fix', label: 'Cannot fix' },
  { value: 'update', label: 'Will update' },
  { value: 'rollback', label: 'Will roll back' },
  { value: 'workaround_available', label: 'A workaround is in place' },
];

interface Named {
  readonly id: string;
  readonly title: string;
}

/** Asks for an exception: for the findings of a decision, for one finding, or for a CVE or rule that is written down. */
export function ExceptionForm() {
  const [params] = useSearchParams();
  const named = useNamed(params.get('decision'), params.get('policy'), params.get('finding'));
  return (
    <>
      <PageHead title="Ask for an exception" above={{ to: '/waivers', label: 'Exceptions' }}>
        An exception (also called waiver, risk acceptance or suppression) lets something pass for a time. Somebody who had no part in it has
        to approve it before anything changes.
      </PageHead>
      <Panel title="What is accepted, why, and until when">
        <Form key={named.map(({ id }) => id).join()} named={named} decision={params.get('decision')} />
      </Panel>
    </>
  );
}

function Form({ named, decision }: { readonly named: readonly Named[]; readonly decision: string | null }) {
  const navigate = useNavigate();
  const [left, setLeft] = useState<readonly string[]>([]);
  const [where, setWhere] = useState({ repository: '', cve: '', rule: '', path: '' });
  const [what, setWhat] = useState({ reason: '', until: inDays(30), owner: '', premise: '', response: '' });
  const [ends, setEnds] = useState({ known_exploited: true, fix_available: false });
  const findings = named.map(({ id }) => id).filter((id) => !left.includes(id));
  const ask = useMutation({
    mutationFn: () => {
      const scope = findings.length > 0 ? { findings, ...(decision && { decision }) } : given(where);
      const endsWhen = Object.entries(ends).flatMap(([name, on]) => (on ? [name] : []));
      return call<WaiverAnswer>('POST', 'waivers', { ...scope, ...given(what), endsWhen });
    },
    onSuccess: ({ id }) => void navigate(`/waivers/${id}`),
  });
  const text = (name: keyof typeof what) => ({
    value: what[name],
    onChange: (event: Typed) => setWhat({ ...what, [name]: event.target.value }),
  });
  const place = (name: keyof typeof where) => ({
    value: where[name],
    onChange: (event: Typed) => setWhere({ ...where, [name]: event.target.value }),
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        ask.mutate();
      }}
    >
      <Stack gap="sm">
        {named.length > 0 && <Findings named={named} left={left} setLeft={setLeft} />}
        {named.length === 0 && (
          <>
            <TextInput label="Repository" description="Any spelling of its clone URL" required {...place('repository')} />
            <TextInput label="CVE" placeholder="CVE-2026-12345" {...place('cve')} />
            <TextInput label="Rule" description="As the scanner names it" {...place('rule')} />
            <TextInput label="Path" description="A file, or a folder when it ends with /" {...place('path')} />
          </>
        )}
        <Textarea
          label="Reason"
          description="Why the risk can be taken"
          required
          maxLength={2000}
          minRows={2}
          autosize
          {...text('reason')}
        />
        <TextInput label="Until" description="Through the end of this day (UTC)" type="date" required min={inDays(0)} {...text('until')} />
        <TextInput
          label="It leans on"
          description="What has to stay true, e.g. not reachable from outside"
          maxLength={500}
          {...text('premise')}
        />
        <TextInput label="Answers for it" description="You, when this is empty" maxLength={200} {...text('owner')} />
        <Select
          label="What is going to be done"
          data={responses}
          value={what.response || null}
          onChange={(value) => setWhat({ ...what, response: value ?? '' })}
          clearable
        />
        <Checkbox
          label="Ends at once when it becomes known to be exploited"
          checked={ends.known_exploited}
          onChange={(event) => setEnds({ ...ends, known_exploited: event.target.checked })}
        />
        <Checkbox
          label="Ends as soon as there is a fix"
          checked={ends.fix_available}
          onChange={(event) => setEnds({ ...ends, fix_available: event.target.checked })}
        />
        {ask.error && <Failure error={ask.error} />}
        <Button
          type="submit"
          style={{ alignSelf: 'start' }}
          loading={ask.isPending}
          disabled={what.reason.trim() === '' || (named.length > 0 && findings.length === 0)}
        >
          Ask for it
        </Button>
      </Stack>
    </form>
  );
}

interface FindingsProps {
  readonly named: readonly Named[];
  readonly left: readonly string[];
  readonly setLeft: (ids: readonly string[]) => void;
}

function Findings({ named, left, setLeft }: FindingsProps) {
  return (
    <fieldset className="choices">
      <legend>Findings</legend>
      {named.map(({ id, title }) => (
        <Checkbox
          key={id}
          label={<FindingLink id={id}>{title}</FindingLink>}
          aria-label={title}
          checked={!left.includes(id)}
          onChange={(event) => setLeft(event.target.checked ? left.filter((each) => each !== id) : [...left, id])}
          mt="xs"
        />
      ))}
    </fieldset>
  );
}

/** The findings that a decision's reason names, or the one that was asked about. */
function useNamed(decision: string | null, policy: string | null, finding: string | null): readonly Named[] {
  const judged = useQuery({
    queryKey: ['decision', decision],
    queryFn: () => get<DecisionDetail>(`decisions/${encodeURIComponent(decision!)}`),
    enabled: decision !== null,
  }).data;
  const one = useQuery({
    queryKey: ['finding', finding],
    queryFn: () => get<FindingDetail>(`findings/${encodeURIComponent(finding!)}`),
    enabled: finding !== null && decision === null,
  }).data;
  if (one) return [one];
  const found = (judged?.reasons ?? []).filter((reason) => policy === null || reason.policy === policy).flatMap(({ findings }) => findings);
  return [...new Map(found.map((each) => [each.id, each])).values()];
}

interface Typed {
  readonly target: { readonly value: string };
}

function given(fields: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value.trim() !== ''));
}

function inDays(days: number): string {
  return new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
}
