import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import fc from 'fast-check';
import { ChangePushed } from './events/change.ts';
import { EvidencePlanned } from './events/evidence.ts';
import { FindingsEvaluated } from './events/finding.ts';
import type { FactClass } from './fact.ts';
import { instanceOf, isValid } from './shape.ts';

type Json = { [name: string]: unknown };

const subject = { repository: 'git.example/acme/shop', commit: 'a'.repeat(40), ref: 'refs/heads/main', pullRequest: 7 };
const finding = {
  id: 'f1',
  class: 'code',
  rule: 'r',
  title: 't',
  severity: 'high',
  triage: 'new',
  knownExploited: false,
  epss: 0.2,
  tools: ['x'],
};
const samples: readonly (readonly [FactClass, Json])[] = [
  [
    ChangePushed,
    {
      repository: 'git.example/acme/shop',
      ref: 'refs/heads/main',
      after: 'a'.repeat(40),
      defaultBranch: 'main',
      forced: false,
      pusher: 'ada',
      commits: [{ id: 'a'.repeat(40), title: 'a change', author: 'Ada' }],
    },
  ],
  [EvidencePlanned, { subject, throughSeq: 1, items: [{ seq: 1, tool: 'bandit', finds: ['code'], state: 'planned', reason: 'because' }] }],
  [
    FindingsEvaluated,
    {
      subject,
      seq: 1,
      tool: 'bandit',
      ruleset: 'r1',
      finds: ['code'],
      outcome: 'evaluated',
      application: 'unassigned',
      revision: 1,
      present: [finding, finding],
      totals: { critical: 0, high: 2, medium: 0, low: 0, info: 0 },
      opened: 2,
      reopened: 0,
      resolved: 0,
      unchanged: 0,
      notEvaluated: [{ what: 'npm', reason: 'no data' }],
      licences: [],
      dataAsOf: '2026-11-17T15:00:00Z',
    },
  ],
];

const strange = fc.oneof(
  fc.jsonValue(),
  fc.constantFrom(
    undefined,
    null,
    '',
    'x'.repeat(2_000),
    -1,
    1.5,
    Number.MAX_VALUE,
    [],
    {},
    [null],
    [[]],
    ['x'],
    '2026-13-01',
    'B'.repeat(40),
  ),
);

/** A sample with one of its values replaced, or one more. */
const changed = fc.record({
  sample: fc.constantFrom(...samples),
  at: fc.nat(),
  value: strange,
  name: fc.constantFrom('more', 'constructor', '__proto__', ''),
});

function change({ sample: [cls, plain], at, value, name }: { sample: (typeof samples)[number]; at: number; value: unknown; name: string }) {
  const copy = structuredClone(plain);
  const places = placesIn(copy);
  const [holder, key] = places[at % places.length]!;
  const replaced = name === '' || Array.isArray(holder) ? key : name;
  Object.defineProperty(holder, replaced, { value, enumerable: true, configurable: true, writable: true });
  return { cls, plain: copy };
}

function placesIn(value: unknown): (readonly [object, string])[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => [[value, key] as const, ...placesIn(inner)]);
}

function byTheLibrary(cls: FactClass, plain: object): { readonly fact: object; readonly valid: boolean } {
  const fact = plainToInstance(cls, plain, { enableImplicitConversion: false });
  const valid = validateSync(fact, { whitelist: true, forbidUnknownValues: false }).length === 0;
  return { fact, valid };
}

describe('reading facts without the library', () => {
  it('takes the samples', () => {
    for (const [cls, plain] of samples) expect(isValid(instanceOf(cls, plain))).toBe(true);
  });

  it('says what class-validator says, and makes what class-transformer makes', () => {
    fc.assert(
      fc.property(changed, (of) => {
        const { cls, plain } = change(of);
        const library = byTheLibrary(cls, plain);

        const fact = instanceOf(cls, plain);

        expect(isValid(fact)).toBe(library.valid);
        // JSON has no undefined; only what is about to be sent may.
        if (library.valid && of.value !== undefined) expect(fact).toStrictEqual(library.fact);
      }),
      { numRuns: 500 },
    );
  });
});
