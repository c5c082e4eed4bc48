import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** A secret in a text: where it lies (UTF-16 offsets) and which rule knows it. */
export interface FoundSecret {
  readonly rule: string;
  readonly kind: string;
  readonly help?: string;
  readonly start: number;
  readonly end: number;
}

export type SecretRules = (path: string, content: string) => Promise<readonly FoundSecret[]>;

interface Message {
  readonly ruleId: string;
  readonly messageId: string;
  readonly range: readonly [number, number];
  readonly docsUrl?: string;
}

interface Rule {
  readonly meta: { readonly id: string };
}

interface Core {
  readonly lintSource: (o: object) => Promise<{ messages: readonly Message[] }>;
}

/** Honours `secretlint-disable` comments. The preset's own way to switch a rule off does not reach it, so it is left out. */
const silencer = '@secretlint/secretlint-rule-filter-comments';

/** Loads the rules of an installed secretlint; its configuration and ignore files are never looked for. */
export async function loadSecretRules(toolFolder: string): Promise<SecretRules> {
  const load = (path: string): Promise<unknown> => import(pathToFileURL(join(toolFolder, 'node_modules/@secretlint', path)).href);
  const { lintSource } = (await load('core/module/index.js')) as Core;
  const preset = (await load('secretlint-rule-preset-recommend/module/index.js')) as { rules: readonly Rule[] };
  const rules = preset.rules.filter((rule) => rule.meta.id !== silencer).map((rule) => ({ id: rule.meta.id, rule, severity: 'error' }));
  if (rules.length === preset.rules.length) throw new Error(`secretlint's preset has no ${silencer}: look where its exceptions are now`);

  return async (path, content) => {
    const source = { filePath: path, content, ext: path.slice(path.lastIndexOf('.')), contentType: 'unknown' };
    const { messages } = await lintSource({ source, options: { config: { rules }, noPhysicFilePath: true, maskSecrets: false } });
    return distinct(messages);
  };
}

/** Two rules may know the same text, one inside the other: the one that begins first tells about both. */
function distinct(messages: readonly Message[]): readonly FoundSecret[] {
  const secrets: FoundSecret[] = [];
  const byPlace = [...messages].sort((a, b) => a.range[0] - b.range[0] || b.range[1] - a.range[1]);
  for (const { ruleId, messageId, range, docsUrl } of byPlace) {
    const last = secrets.at(-1);
    if (last && range[0] < last.end) continue;
    const rule = ruleId.replace('@secretlint/secretlint-rule-', '');
    secrets.push({ rule, kind: messageId, start: range[0], end: range[1], ...(docsUrl && { help: docsUrl }) });
  }
  return secrets;
}
