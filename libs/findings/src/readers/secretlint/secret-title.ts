const properNames: Readonly<Record<string, string>> = {
  GITHUB: 'GitHub',
  GITLAB: 'GitLab',
  NPM: 'npm',
  AWS: 'AWS',
  GCP: 'GCP',
  OPENAI: 'OpenAI',
};

/** What secretlint's name of a kind of secret means: `GITHUB_TOKEN` → `GitHub token in the repository`. */
export function secretTitle(kind: string): string {
  return `${words(kind)} in the repository`;
}

/** `GITHUB_TOKEN` → `GitHub token`, `PostgreSQLConnection` → `PostgreSQL connection`. */
function words(kind: string): string {
  if (!kind.includes('_'))
    return kind.replace(/([a-z])([A-Z])(?=[a-z])/g, (_, end: string, start: string) => `${end} ${start.toLowerCase()}`);
  const [first = '', ...rest] = kind.split('_');
  return [properNames[first] ?? capitalised(first), ...rest.map((word) => word.toLowerCase())].join(' ');
}

function capitalised(word: string): string {
  return word.charAt(0) + word.slice(1).toLowerCase();
}
