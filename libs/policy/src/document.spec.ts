import { describe, expect, it } from '@jest/globals';
import { runCases } from './cases.ts';
import { readPolicy } from './document.ts';
import { PolicyRefused, type Flaw } from './refusal.ts';

const good = `name: no-secrets
description: No secrets
gates: [change]
mode: enforce
severity: critical
select: f.class == "secret"
message: Secret in {place|"the repository"} {more}
fix: Revoke it
cases:
  - name: a secret is denied
    facts:
      findings:
        - { class: secret, severity: high, path: a.env }
    expect: deny
    message: Secret in a.env
`;

function flawsOf(text: string): readonly Flaw[] {
  try {
    readPolicy(text, 1);
  } catch (error) {
    if (error instanceof PolicyRefused) return error.errors;
    throw error;
  }
  return [];
}

describe('readPolicy', () => {
  it('reads YAML, fills what is left out, and fails closed unless told otherwise', () => {
    const { document, version, digest } = readPolicy(good, 4);

    expect(document).toMatchObject({ name: 'no-secrets', failMode: 'closed', each: 'added', controls: [] });
    expect(document.needs).toHaveLength(5);
    expect(version).toBe(4);
    expect(digest).toMatch(/^sha256:[0-9a-f]{64}$/);
  });

  it('reads JSON too, and gives the same policy the same digest whatever its cases', () => {
    const { document, digest } = readPolicy(good, 1);
    const { cases, needs, each, failMode, controls, ...written } = document;

    const again = readPolicy(JSON.stringify(written), 2);

    expect([cases.length, needs.length, each, failMode, controls.length]).toEqual([1, 5, 'added', 'closed', 0]);
    expect(again.digest).toBe(digest);
  });

  it('changes the digest with the rule', () => {
    expect(readPolicy(good.replace('"secret"', '"code"'), 1).digest).not.toBe(readPolicy(good, 1).digest);
  });

  it('tells every flaw at once, with its pointer and line', () => {
    const text = good
      .replace('mode: enforce', 'mode: block')
      .replace('fix: Revoke it', 'fixx: Revoke it')
      .replace('class: secret, severity: high', 'class: secrets, severity: high');

    expect(flawsOf(text)).toEqual([
      { pointer: '/fixx', detail: expect.stringMatching(/^line 8: is not known here/) },
      { pointer: '/mode', detail: 'line 4: must be one of audit, warn, enforce' },
      { pointer: '/fix', detail: 'must be a text' },
      { pointer: '/cases/0/facts/findings/0/class', detail: expect.stringMatching(/^line 13: must be one of vulnerability/) },
    ]);
  });

  it.each([
    ['a broken expression', ['f.class == "secret"', 'f.class =='], '/select', 'line 6: Unexpected token: EOF'],
    ['a misspelled field', ['f.class', 'f.clas'], '/select', 'line 6: No such key: clas'],
    ['a place that does not exist', ['{place|', '{plce|'], '/message', 'line 7: has no place {plce}'],
    ['a lonely brace', ['Revoke it', 'Revoke {it'], '/fix', 'has a brace without its partner'],
    ['an upper-case name', ['no-secrets', 'No Secrets'], '/name', 'lower-case words joined by hyphens'],
    ['two members of one name', ['fix: Revoke it', 'mode: audit\nfix: Revoke it'], '', 'line 8: Map keys must be unique'],
    ['broken YAML', ['gates: [change]', 'gates: [change'], '', 'line '],
    ['an alias', ['gates: [change]', 'gates: &g [change]\ncontrols: *g'], '', 'write aliases out'],
    ['a member called __proto__', ['mode: enforce', '__proto__: { polluted: true }'], '/__proto__', 'is not known here'],
    ['nothing to select', ['select: f.class == "secret"', 'needs: [secret]'], '', 'needs select or when'],
  ])('refuses %s', (_, [from, to], pointer, detail) => {
    const flaws = flawsOf(good.replace(from!, to!));

    expect(flaws).toContainEqual({ pointer, detail: expect.stringContaining(detail) });
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  it('refuses a document beyond 64 KiB, deep nesting, and what is no mapping', () => {
    expect(flawsOf(`${good}# ${'x'.repeat(70_000)}`)[0]?.detail).toContain('65536 bytes');
    expect(flawsOf(`name: ${'['.repeat(20_000)}`).length).toBeGreaterThan(0);
    expect(flawsOf('- a\n- b')[0]?.detail).toContain('must be a mapping');
    expect(flawsOf('')[0]?.detail).toContain('must be a mapping');
  });
});

describe('runCases', () => {
  it('passes a case that the policy answers as it says', () => {
    expect(runCases(readPolicy(good, 1))).toEqual([{ name: 'a secret is denied', passed: true }]);
  });

  it.each([
    ['expect: deny', 'expect: pass', 'expected pass, but it is deny (Secret in a.env)'],
    ['message: Secret in a.env', 'message: Secret', 'the message is "Secret in a.env"'],
    ['    message: Secret in a.env', '    findings: [other]', 'it names the findings finding-1'],
  ])('says how a case differs: %s', (from, to, difference) => {
    expect(runCases(readPolicy(good.replace(from, to), 1))).toEqual([{ name: 'a secret is denied', passed: false, difference }]);
  });
});
