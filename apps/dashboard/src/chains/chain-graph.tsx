import { Text, useComputedColorScheme } from '@mantine/core';
import { Background, Controls, Handle, Position, ReactFlow, type Edge, type Node, type NodeProps } from '@xyflow/react';
import { useMemo } from 'react';
import type { Chain, ChainNode } from '@throughline/contracts';
import { Tag, When } from '../ui/tags.tsx';
import { placeNodes, toneOf } from './layout.ts';

type HopNode = Node<{ readonly hop: ChainNode }, 'hop'>;

const columnWidth = 280;
const rowHeight = 110;
const nodeTypes = { hop: Hop };

/** The chain as a graph from cause to effect; a click selects a hop. */
export function ChainGraph({ chain, onSelect }: { readonly chain: Chain; readonly onSelect: (id: string) => void }) {
  const scheme = useComputedColorScheme('light');
  const nodes = useMemo<HopNode[]>(
    () =>
      placeNodes(chain.nodes, chain.edges).map(({ node, column, row }) => ({
        id: node.id,
        type: 'hop',
        position: { x: column * columnWidth, y: row * rowHeight },
        data: { hop: node },
        draggable: false,
      })),
    [chain],
  );
  const edges = useMemo<Edge[]>(
    () =>
      chain.edges.map((edge) => ({
        id: `${edge.cause}>${edge.effect}`,
        source: edge.cause,
        target: edge.effect,
        ...(edge.assurance === 'claimed' ? { style: { strokeDasharray: '4 4' } } : {}),
      })),
    [chain],
  );
  return (
    <div style={{ height: 420 }} data-testid="chain-graph">
      <ReactFlow
        nodes={nodes}
        edges={edges}
        nodeTypes={nodeTypes}
        onNodeClick={(_, node) => onSelect(node.id)}
        fitView
        minZoom={0.15}
        nodesConnectable={false}
        colorMode={scheme}
      >
        <Background />
        <Controls showInteractive={false} />
      </ReactFlow>
    </div>
  );
}

function Hop({ data }: NodeProps<HopNode>) {
  const { hop } = data;
  return (
    <div className="chain-node" data-tone={toneOf(hop)} data-gap={hop.gap ? 'true' : 'false'}>
      <Handle type="target" position={Position.Left} isConnectable={false} />
      <Text size="xs" c="dimmed">
        {hop.service}
      </Text>
      <Text size="sm" fw={600} lineClamp={2}>
        {hop.title}
      </Text>
      <Tag tone={toneOf(hop)}>{hop.gap ?? hop.status}</Tag>{' '}
      <span className="soft small">
        <When time={hop.time} />
      </span>
      <Handle type="source" position={Position.Right} isConnectable={false} />
    </div>
  );
}
