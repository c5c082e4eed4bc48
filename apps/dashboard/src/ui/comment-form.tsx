import { Button, Textarea } from '@mantine/core';
import { useState } from 'react';
import { Failure } from './state.tsx';

interface CommentFormProps {
  /** Characters that a comment has at most. */
  readonly most: number;
  readonly isPending: boolean;
  readonly error: Error | null;
  /** Sends a text; `onSuccess` empties the form. */
  readonly send: (text: string, more: { readonly onSuccess: () => void }) => void;
}

/** Where somebody writes a comment. */
export function CommentForm({ most, isPending, error, send }: CommentFormProps) {
  const [text, setText] = useState('');
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        send(text.trim(), { onSuccess: () => setText('') });
      }}
    >
      <Textarea
        label="Add a comment"
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        maxLength={most}
        minRows={2}
        autosize
      />
      {error && <Failure error={error} />}
      <Button type="submit" size="compact-sm" variant="default" mt="xs" disabled={text.trim() === ''} loading={isPending}>
        Comment
      </Button>
    </form>
  );
}
