import { Button } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import type { CheckReleaseDetail } from '@throughline/contracts';
import { useMay } from '../session/me.ts';
import { ReasonDialog } from '../ui/reason-dialog.tsx';
import { Failure } from '../ui/state.tsx';
import { useChange } from '../ui/use-change.ts';

/** What may be done with a release as it stands. The confirmation names exactly what is on the page. */
export function ReleaseActions({ release }: { readonly release: CheckReleaseDetail }) {
  const mayEnd = useMay('waivers:write');
  const decide = useChange<'confirm' | 'end'>('check-releases', release.id);
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
