/** Where a source takes its webhooks; those that people set up are found again by exactly this text. */
export function hookUrl(linkBase: string, source: string): string {
  return `${linkBase}/hooks/${source}`;
}
