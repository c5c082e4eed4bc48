/** Name (with namespace) and version that a package URL carries; empty texts where it carries none. */
export function packageOf(purl: string): { readonly name: string; readonly version: string } {
  const plain = purl.split(/[?#]/, 1)[0]!;
  const at = plain.lastIndexOf('@');
  const hasVersion = at > plain.lastIndexOf('/');
  const path = (hasVersion ? plain.slice(0, at) : plain).replace(/^pkg:\/*[^/]+\//, '');
  return { name: decoded(path), version: hasVersion ? decoded(plain.slice(at + 1)) : '' };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
