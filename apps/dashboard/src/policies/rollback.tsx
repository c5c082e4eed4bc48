import { Button } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from 'react-router';
import type { PolicyBundleSummary, PolicyChange } from '@throughline/contracts';
import { call } from '../api.ts';
import { useMay } from '../session/me.ts';
import { ReasonDialog } from '../ui/reason-dialog.tsx';

interface RollbackProps {
  readonly to: number;
  /** What is in force, as it was seen: if something else is by now, nothing is done. */
  readonly from: number;
}

/** What an earlier bundle held is put in force again, as the next one. */
export function Rollback({ to, from }: RollbackProps) {
  const may = useMay('policies:write');
  const [asking, { open, close }] = useDisclosure(false);
  const queries = useQueryClient();
  const go = useNavigate();
  const publish = useMutation({
    mutationFn: (note: string) =>
      call<PolicyBundleSummary | PolicyChange>('POST', 'policies/bundles', { rollbackTo: to, note }, { 'if-match': `"${from}"` }),
    onSuccess: async (made) => {
      close();
      for (const key of ['bundle', 'list', 'policy']) await queries.invalidateQueries({ queryKey: [key] });
      await go('sequence' in made ? `/policies/bundles/${made.sequence}` : `/policies/changes/${made.id}`);
    },
  });
  if (!may) return null;
  return (
    <>
      <Button variant="default" onClick={open}>
        Go back to this…
      </Button>
      <ReasonDialog
        title={`Go back to bundle ${to}`}
        action="Put in force"
        opened={asking}
        close={close}
        error={publish.error}
        pending={publish.isPending}
        send={(note) => publish.mutate(note)}
        longest={500}
      >
        All that bundle {to} held is in force again, as the next bundle, and nothing else. It is refused when a case of a policy fails by
        now. Where it makes a policy weaker it waits, all of it, until a second person approves it.
      </ReasonDialog>
    </>
  );
}
