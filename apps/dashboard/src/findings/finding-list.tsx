import { Badge, Button, Group, MultiSelect, Select, Stack, Table, Text, TextInput, Title } from '@mantine/core';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { useSearchParams } from 'react-router';
import type { FindingAnswer, Page } from '@throughline/contracts';
import { get } from '../api.ts';
import { Empty, Failure, Loading } from '../ui/state.tsx';
import { SeverityTag, When } from '../ui/tags.tsx';

const severities = ['critical', 'high', 'medium', 'low', 'info'];
const classes = ['vulnerability', 'code', 'secret', 'configuration', 'licence'];
const detections = ['open', 'not_seen', 'resolved', 'not_evaluated', 'retracted'];
const sorts = [
  { value: '-risk', label: 'Highest risk first' },
  { value: '-firstSeen', label: 'Newest first' },
  { value: '-lastSeen', label: 'Last seen first' },
];

/** Findings with every filter in the URL, so that a link shows the same view to everybody. */
export function FindingList() {
  const [params, setParams] = useSearchParams();
  const query = new URLSearchParams(params);
  if (!query.has('sort')) query.set('sort', '-risk');
  const findings = useInfiniteQuery({
    queryKey: ['findings', query.toString()],
    queryFn: ({ pageParam }) =>
      get<Page<FindingAnswer>>(`findings?${query}&limit=50${pageParam ? `&cursor=${encodeURIComponent(pageParam)}` : ''}`),
    initialPageParam: '',
    getNextPageParam: (page) => page.next,
    placeholderData: keepPreviousData,
  });

  const set = (name: string, value: string | null): void => {
    const next = new URLSearchParams(params);
    if (value) next.set(name, value);
    else next.delete(name);
    setParams(next, { replace: true });
  };

  return (
    <Stack>
      <Title order={1} size="h2">
        Findings
      </Title>
      <Group align="flex-end" gap="sm">
        <ListFilter label="Severity" name="severity" words={severities} params={params} set={set} />
        <ListFilter label="Class" name="class" words={classes} params={params} set={set} />
        <ListFilter label="State" name="detection" words={detections} params={params} set={set} />
        <TextInput
          label="Repository"
          defaultValue={params.get('repository') ?? ''}
          onBlur={(event) => set('repository', event.currentTarget.value.trim())}
        />
        <TextInput label="Search" defaultValue={params.get('q') ?? ''} onBlur={(event) => set('q', event.currentTarget.value.trim())} />
        <Select label="Order" data={sorts} value={query.get('sort')} onChange={(value) => set('sort', value)} allowDeselect={false} />
        {params.size > 0 && (
          <Button variant="subtle" onClick={() => setParams({})}>
            Clear
          </Button>
        )}
      </Group>
      {findings.isPending && <Loading what="findings" />}
      {findings.error && <Failure error={findings.error} retry={() => void findings.refetch()} />}
      {findings.data && <Rows items={findings.data.pages.flatMap((page) => page.items)} />}
      {findings.hasNextPage && (
        <Button variant="default" onClick={() => void findings.fetchNextPage()} loading={findings.isFetchingNextPage}>
          More
        </Button>
      )}
    </Stack>
  );
}

interface FilterProps {
  readonly label: string;
  readonly name: string;
  readonly words: readonly string[];
  readonly params: URLSearchParams;
  readonly set: (name: string, value: string | null) => void;
}

function ListFilter({ label, name, words, params, set }: FilterProps) {
  const value = params.get(name)?.split(',').filter(Boolean) ?? [];
  return <MultiSelect label={label} data={[...words]} value={value} onChange={(chosen) => set(name, chosen.join(','))} w={200} clearable />;
}

function Rows({ items }: { readonly items: readonly FindingAnswer[] }) {
  if (items.length === 0) return <Empty>No findings match these filters. That says nothing about what was not scanned.</Empty>;
  return (
    <Table highlightOnHover>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>Risk</Table.Th>
          <Table.Th>Finding</Table.Th>
          <Table.Th>Where</Table.Th>
          <Table.Th>Fix</Table.Th>
          <Table.Th>Seen by</Table.Th>
          <Table.Th>First seen</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {items.map((finding) => (
          <Table.Tr key={finding.id}>
            <Table.Td>
              <Group gap={6} wrap="nowrap">
                <SeverityTag severity={finding.severity} />
                <Badge variant="outline" color="gray" style={{ flexShrink: 0 }}>
                  {finding.risk.priority}
                </Badge>
              </Group>
            </Table.Td>
            <Table.Td>
              <Text size="sm">{finding.title}</Text>
              <Text size="xs" c="dimmed">
                {finding.class} · {finding.rule} {finding.cve} · {finding.detection}
              </Text>
            </Table.Td>
            <Table.Td>
              <Text size="sm" className="mono">
                {finding.location
                  ? `${finding.location.path}${finding.location.line ? `:${finding.location.line}` : ''}`
                  : finding.component?.purl}
              </Text>
              <Text size="xs" c="dimmed">
                {finding.repository}
              </Text>
            </Table.Td>
            <Table.Td>{finding.component?.fixedIn}</Table.Td>
            <Table.Td>{finding.attributions.map((one) => one.tool).join(', ')}</Table.Td>
            <Table.Td>
              <When time={finding.firstSeen} />
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
