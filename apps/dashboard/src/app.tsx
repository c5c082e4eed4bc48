import { ActionIcon, AppShell, Burger, Button, Group, NavLink, Text, useComputedColorScheme, useMantineColorScheme } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, Navigate, Route, Routes, useLocation } from 'react-router';
import type { Me } from '@throughline/contracts';
import { ApiError, call, get } from './api.ts';
import { ChainList } from './chains/chain-list.tsx';
import { ChainPage } from './chains/chain-page.tsx';
import { FindingList } from './findings/finding-list.tsx';
import { OutboxPage } from './outbox/outbox-page.tsx';
import { SignIn } from './session/sign-in.tsx';
import { SystemPage } from './system/system-page.tsx';
import { Failure, Loading } from './ui/state.tsx';

const pages = [
  { path: '/chains', label: 'Chains' },
  { path: '/findings', label: 'Findings' },
  { path: '/outbox', label: 'Outbox' },
  { path: '/system', label: 'System' },
] as const;

/** Frame of every page; shows the sign-in form until there is a session. */
export function App() {
  const me = useQuery({ queryKey: ['me'], queryFn: () => get<Me>('me') });

  if (me.isPending) return <Loading what="your session" />;
  if (me.error instanceof ApiError && me.error.status === 401) return <SignIn />;
  if (me.error) return <Failure error={me.error} retry={() => void me.refetch()} />;
  return <Frame me={me.data} />;
}

function Frame({ me }: { readonly me: Me }) {
  const [open, { toggle, close }] = useDisclosure(false);
  const { pathname } = useLocation();
  return (
    <AppShell header={{ height: 52 }} navbar={{ width: 190, breakpoint: 'sm', collapsed: { mobile: !open } }} padding="md">
      <AppShell.Header>
        <Group h="100%" px="md" justify="space-between">
          <Group gap="xs">
            <Burger opened={open} onClick={toggle} hiddenFrom="sm" size="sm" aria-label="Menu" />
            <img src="/icon.svg" width={24} height={24} alt="" />
            <Text fw={600}>Throughline</Text>
          </Group>
          <Group gap="sm">
            <Text size="sm" c="dimmed">
              {me.name}
            </Text>
            <SchemeSwitch />
            <SignOut />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="xs">
        <nav aria-label="Pages">
          {pages.map((page) => (
            <NavLink
              key={page.path}
              component={Link}
              to={page.path}
              label={page.label}
              active={pathname.startsWith(page.path)}
              onClick={close}
            />
          ))}
        </nav>
      </AppShell.Navbar>
      <AppShell.Main>
        <Routes>
          <Route path="/chains" element={<ChainList />} />
          <Route path="/chains/:id" element={<ChainPage />} />
          <Route path="/findings" element={<FindingList />} />
          <Route path="/outbox" element={<OutboxPage />} />
          <Route path="/system" element={<SystemPage />} />
          <Route path="*" element={<Navigate to="/chains" replace />} />
        </Routes>
      </AppShell.Main>
    </AppShell>
  );
}

function SchemeSwitch() {
  const scheme = useComputedColorScheme('light');
  const { setColorScheme } = useMantineColorScheme();
  const next = scheme === 'light' ? 'dark' : 'light';
  return (
    <ActionIcon variant="default" aria-label={`Use the ${next} theme`} onClick={() => setColorScheme(next)}>
      {scheme === 'light' ? '◐' : '◑'}
    </ActionIcon>
  );
}

function SignOut() {
  const queries = useQueryClient();
  return (
    <Button
      variant="subtle"
      size="compact-sm"
      onClick={() => void call('DELETE', 'session').finally(() => queries.resetQueries({ queryKey: ['me'] }))}
    >
      Sign out
    </Button>
  );
}
