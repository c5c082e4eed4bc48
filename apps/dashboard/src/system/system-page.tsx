import { Badge, Stack, Table, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { Page, ScannerState } from '@throughline/contracts';
import { get } from '../api.ts';
import { Failure, Loading } from '../ui/state.tsx';

interface Readiness {
  readonly status: string;
  readonly checks?: Readonly<Record<string, { readonly status: string; readonly detail?: string }>>;
}

async function readReadiness(): Promise<Readiness> {
  const response = await fetch('/readyz', { signal: AbortSignal.timeout(10_000) });
  return (await response.json()) as Readiness;
}

/** What runs, what does not, and which scanners can answer. */
export function SystemPage() {
  const readiness = useQuery({ queryKey: ['readyz'], queryFn: readReadiness, refetchInterval: 10_000 });
  const scanners = useQuery({ queryKey: ['scanners'], queryFn: () => get<Page<ScannerState>>('scanners') });
  return (
    <Stack>
      <Title order={1} size="h2">
        System
      </Title>
      {readiness.isPending && <Loading what="the services" />}
      {readiness.error && <Failure error={readiness.error} retry={() => void readiness.refetch()} />}
      {readiness.data && (
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Part</Table.Th>
              <Table.Th>State</Table.Th>
              <Table.Th>Detail</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {Object.entries(readiness.data.checks ?? {}).map(([name, check]) => (
              <Table.Tr key={name}>
                <Table.Td>{name}</Table.Td>
                <Table.Td>
                  <Badge color={check.status === 'ok' || check.status === 'up' ? 'teal' : 'red'}>{check.status}</Badge>
                </Table.Td>
                <Table.Td>{check.detail}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
      <Title order={2} size="h4">
        Scanners
      </Title>
      <Text c="dimmed" size="sm">
        A scanner that is not available never counts as a clean result.
      </Text>
      {scanners.error && <Failure error={scanners.error} retry={() => void scanners.refetch()} />}
      {scanners.data && (
        <Table>
          <Table.Tbody>
            {scanners.data.items.map((scanner) => (
              <Table.Tr key={scanner.name}>
                <Table.Td>{scanner.name}</Table.Td>
                <Table.Td>{scanner.version}</Table.Td>
                <Table.Td>
                  <Badge color={scanner.state === 'ready' ? 'teal' : 'yellow'}>{scanner.state}</Badge>
                </Table.Td>
                <Table.Td>{scanner.reason ?? scanner.sandbox}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
    </Stack>
  );
}
