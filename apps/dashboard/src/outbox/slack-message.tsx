import { Button, Divider, Group, Text, Title } from '@mantine/core';
import type { OutboxSlack } from '@throughline/contracts';
import { AppLink } from '../ui/app-link.tsx';

/** What of Block Kit is shown; any other field is passed over. */
interface SlackBlock {
  readonly type: string;
  readonly text?: { readonly text: string };
  readonly elements?: readonly { readonly text?: string | { readonly text: string } }[];
  readonly fields?: readonly { readonly text: string }[];
}

/** Renders Block Kit as Slack would, text only: nothing of a message is ever put into the page as markup. */
export function SlackMessage({ text, blocks }: OutboxSlack) {
  return (
    <div className="slack">
      <Text size="xs" c="dimmed" mb="xs">
        On a phone: {unescape(text)}
      </Text>
      {blocks.map((block, index) => (
        <Block key={index} block={block as unknown as SlackBlock} />
      ))}
    </div>
  );
}

function Block({ block }: { readonly block: SlackBlock }) {
  if (block.type === 'divider') return <Divider my="xs" />;
  if (block.type === 'header')
    return (
      <Title order={2} size="h4">
        {block.text?.text}
      </Title>
    );
  const elements = (block.elements ?? []).map((element) => (typeof element.text === 'string' ? element.text : (element.text?.text ?? '')));
  if (block.type === 'actions')
    return (
      <Group gap="xs" my="xs">
        {elements.map((label) => (
          <Button key={label} size="compact-sm" variant="default" disabled>
            {label}
          </Button>
        ))}
      </Group>
    );
  if (block.type === 'context')
    return (
      <Text size="xs" c="dimmed">
        {elements.map((element, index) => (
          <span key={index}>{marks(element)}</span>
        ))}
      </Text>
    );
  return (
    <Text size="sm" component="div" my={6}>
      {marks(block.text?.text ?? '')}
      {(block.fields ?? []).map((field) => (
        <div key={field.text}>{marks(field.text)}</div>
      ))}
    </Text>
  );
}

/** Slack's mrkdwn as text: bold, code and links are shown, nothing is executed. */
function marks(text: string) {
  return text.split(/(\*[^*\n]+\*|`[^`\n]+`|<https?:[^>|]+(?:\|[^>]*)?>)/g).map((part, index) => {
    if (part.startsWith('*') && part.endsWith('*') && part.length > 2) return <strong key={index}>{unescape(part.slice(1, -1))}</strong>;
    if (part.startsWith('`') && part.endsWith('`') && part.length > 2) return <code key={index}>{unescape(part.slice(1, -1))}</code>;
    const link = /^<(https?:[^>|]+)(?:\|([^>]*))?>$/.exec(part);
    if (link)
      return (
        <AppLink key={index} href={unescape(link[1]!)}>
          {unescape(link[2] ?? link[1]!)}
        </AppLink>
      );
    return <span key={index}>{unescape(part)}</span>;
  });
}

function unescape(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}
