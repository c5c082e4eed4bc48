import { expect, it } from '@jest/globals';
import { withoutNulls } from './without-nulls.ts';

it('leaves out what a row does not know, and nothing that only looks empty', () => {
  const row: { readonly name: string; readonly tool: string | null; readonly count: number | null; readonly late: boolean | undefined } = {
    ...{ name: '', tool: null, count: 0, late: undefined },
  };

  expect(Object.entries(withoutNulls(row))).toEqual([
    ['name', ''],
    ['count', 0],
  ]);
});
