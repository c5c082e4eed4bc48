export interface StoryLine {
  readonly time?: string;
  readonly service?: string;
  readonly text: string;
  readonly details?: string;
}

/** Takes a line of an alert's story apart: `<time> <service>: <what> (<details>)`. A line of another form is shown as it is. */
export function storyLine(line: string): StoryLine {
  const [, time, service, rest] = /^(\S+Z) (\S+): (.*)$/s.exec(line) ?? [];
  if (time === undefined || service === undefined || rest === undefined) return { text: line };
  const [, text, details] = /^(.*?) \((.*)\)$/s.exec(rest) ?? [];
  return { time, service, text: text ?? rest, ...(details !== undefined && { details }) };
}
