/** Whether a version of Maven or Gradle leaves open which one is taken: a range, a prefix, the latest. */
export function isOpenVersion(version: string): boolean {
  return /[[\](),\s]/.test(version) || /\+$/.test(version) || /^latest\./i.test(version) || version === 'LATEST' || version === 'RELEASE';
}

/** `[1.2]` asks for exactly this version. */
export function exactVersion(version: string): string {
  return /^\[([^,[\]()]+)\]$/.exec(version.trim())?.[1]?.trim() ?? version.trim();
}
