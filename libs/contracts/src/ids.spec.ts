import { chainIdOf, uuidv5, uuidv7 } from './ids.ts';

describe('ids', () => {
  it('gives equal parts the equal uuid-v5, and never joins neighbouring parts', () => {
    expect(uuidv5('a', 'bc')).toBe(uuidv5('a', 'bc'));
    expect(uuidv5('a', 'bc')).not.toBe(uuidv5('ab', 'c'));
    expect(uuidv5('a')).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  it('orders uuid-v7 by time', () => {
    expect(uuidv7(1_000) < uuidv7(2_000)).toBe(true);
    expect(uuidv7(0xffff_ffff_ffff)).toMatch(/^ffffffff-ffff-7/);
  });

  it('roots a chain at repository and commit', () => {
    expect(chainIdOf('h/a', 'c')).toMatch(/^[0-9a-f]{64}$/);
    expect(chainIdOf('h/a', 'c')).not.toBe(chainIdOf('h/b', 'c'));
  });
});
