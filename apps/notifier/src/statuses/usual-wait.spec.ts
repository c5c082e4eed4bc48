import { describe, expect, it } from '@jest/globals';
import { roughly } from './usual-wait.ts';

describe('a time that is told roughly', () => {
  it.each([
    [0, '5 s'],
    [36, '40 s'],
    [40, '40 s'],
    [115, '115 s'],
    [116, '2 min'],
    [121, '3 min'],
    [7_100, '119 min'],
    [7_200, '2 h'],
    [7_201, '3 h'],
  ])('%i seconds: %s', (seconds, said) => {
    expect(roughly(seconds)).toBe(said);
  });
});
