import { objectOf, objectsOf, wholeOf, type Foreign } from '../../foreign.ts';

const mostSteps = 10;

/** The places on the way of a value, of the first flow that the result gives; steps that lie elsewhere in the run are left out. */
export function flowOf(result: Foreign): readonly Foreign[] {
  const thread = objectsOf(objectsOf(result['codeFlows'], 1)[0]?.['threadFlows'], 1)[0];
  return objectsOf(thread?.['locations'], 10_000).flatMap((step): readonly Foreign[] => {
    const location = objectOf(step['location']);
    return location ? [location] : [];
  });
}

/** `app/in.py:3 → app/out.py:9`; of a long way its beginning and its end. Undefined for less than two places. */
export function wayOf(steps: readonly Foreign[], pathOf: (step: Foreign) => string | undefined): string | undefined {
  const places = steps.flatMap((step) => {
    const line = wholeOf(objectOf(objectOf(step['physicalLocation'])?.['region'])?.['startLine'], 1);
    const path = pathOf(step);
    return path === undefined ? [] : [line === undefined ? path : `${path}:${line}`];
  });
  const way = places.filter((place, at) => place !== places[at - 1]);
  if (way.length < 2) return undefined;
  return (way.length <= mostSteps ? way : [...way.slice(0, mostSteps - 1), '…', way.at(-1)!]).join(' → ');
}
