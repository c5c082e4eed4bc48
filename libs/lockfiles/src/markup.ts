import { LockFileRefused, objectOf, type Fields } from './lock-file.ts';

/** Reads one YAML document into plain objects; aliases are bounded, so that a small file cannot become a large one. */
export async function readYaml(text: string): Promise<Fields> {
  const { parse, YAMLParseError } = await import('yaml');
  try {
    return objectOf(parse(text, { maxAliasCount: 100, logLevel: 'error', schema: 'failsafe' }));
  } catch (error) {
    throw refused('YAML', error instanceof YAMLParseError ? error.linePos?.[0].line : undefined);
  }
}

/** The same for TOML. */
export async function readToml(text: string): Promise<Fields> {
  const { parse, TomlError } = await import('smol-toml');
  try {
    return objectOf(parse(text));
  } catch (error) {
    throw refused('TOML', error instanceof TomlError ? error.line : undefined);
  }
}

/** Only the place is told: the parsers quote the text, which may hold a secret. */
function refused(format: string, line: number | undefined): LockFileRefused {
  return new LockFileRefused(`it is not ${format}${line === undefined ? '' : `, see line ${line}`}`);
}
