import { Anchor, Stack, Table, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import type { ChainSummary, Page } from '@throughline/contracts';
import { get } from '../api.ts';
import { Empty, Failure, Loading } from '../ui/state.tsx';
import { ResultTag, When } from '../ui/tags.tsx';

/** The newest chains: one line per commit that something happened to. */
export function ChainList() {
  const chains = useQuery({ queryKey: ['chains'], queryFn: () => get<Page<ChainSummary>>('chains?limit=50'), refetchInterval: 5_000 });

  if (chains.isPending) return <Loading what="chains" />;
  if (chains.error) return <Failure error={chains.error} retry={() => void chains.refetch()} />;
  return (
    <Stack>
      <Title order={1} size="h2">
        Chains
      </Title>
      <Text c="dimmed" size="sm">
        Each chain starts at a commit and holds everything that followed from it.
      </Text>
      {chains.data.items.length === 0 ? (
        <Empty>Nothing was pushed yet. Connect a source, or scan a folder with: npx throughline scan .</Empty>
      ) : (
        <Table highlightOnHover>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Commit</Table.Th>
              <Table.Th>Repository</Table.Th>
              <Table.Th>Application</Table.Th>
              <Table.Th>State</Table.Th>
              <Table.Th>When</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {chains.data.items.map((chain) => (
              <Table.Tr key={chain.id}>
                <Table.Td>
                  <Anchor component={Link} to={`/chains/${chain.id}`}>
                    <span className="mono">{chain.commit.slice(0, 10)}</span> {chain.title}
                  </Anchor>
                </Table.Td>
                <Table.Td>{chain.repository}</Table.Td>
                <Table.Td>{chain.application}</Table.Td>
                <Table.Td>
                  <ResultTag result={chain.status} />
                </Table.Td>
                <Table.Td>
                  <When time={chain.time} />
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
    </Stack>
  );
}
