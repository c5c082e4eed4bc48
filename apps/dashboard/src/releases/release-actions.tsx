import { Button } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { CheckReleaseAnswer, CheckReleaseDetail } from '@throughline/contracts';
import { call } from '../api.ts';
import { useMay } from '../session/me.ts';
import { ReasonDialog } from '../ui/reason-dialog.tsx';
import { Failure } from '../ui/state.tsx';

/** What may be done with a release as it stands. The confirmation names exactly what is on the page. */
export function ReleaseActions({ release }: { readonly release: CheckReleaseDetail }) {
  const mayEnd = useMay('waivers:write');
  const decide = useDecision(release.id);
  const [ending, { open, close }] = useDisclosure(false);
  if (release.state === 'ended') return null;
  const isOpen = release.state === 'open';
  return (
    <>
      {release.mayConfirm && (
        <Button onClick={() => decide.mutate({ what: 'confirm', body: { digest: release.digest } })} loading={decide.isPending}>
          Confirm
        </Button>
      )}
      {mayEnd && (
        <Button variant="default" onClick={open}>
          {isOpen ? 'End it…' : 'Reject…'}
        </Button>
      )}
      {decide.error && !ending && <Failure error={decide.error} />}
      <ReasonDialog
        title={isOpen ? 'End the release' : 'Reject the request'}
        action={isOpen ? 'End it' : 'Reject'}
        opened={ending}
        close={close}
        error={decide.error}
        pending={decide.isPending}
        send={(reason) => decide.mutate({ what: 'end', body: { reason } }, { onSuccess: close })}
      >
        {isOpen ? 'What is still not judged is pending again, or not decided.' : 'No check passes unjudged.'}
      </ReasonDialog>
    </>
  );
}

function useDecision(id: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ what, body }: { readonly what: 'confirm' | 'end'; readonly body: object }) =>
      call<CheckReleaseAnswer>('POST', `check-releases/${encodeURIComponent(id)}/${what}`, body),
    onSettled: () => void queries.invalidateQueries(),
  });
}
