/** Where a source takes its webhooks; those that people set up are found again by exactly this text. */
export function hookUrl(publicUrl: string, source: string): string {
  return `${publicUrl.replace(/\/+$/, '')}/hooks/${source}`;
}
