import { describe, expect, it } from '@jest/globals';
import { repositoryPath } from './repository-path.ts';

describe('the path in the repository', () => {
  it.each([
    ['src/app.py', 'src/app.py'],
    ['./src//app.py', 'src/app.py'],
    ['src\\win\\app.cs', 'src/win/app.cs'],
    ['C:\\agent\\app.cs', 'agent/app.cs'],
    ['file:///home/runner/work/shop/shop/src/app.py', 'src/app.py'],
    ['/builds/group/shop/src/app.py', 'src/app.py'],
    ['/github/workspace/app.py', 'app.py'],
    ['/src/package-lock.json', 'package-lock.json'],
    ['/conf/aws.tf', 'conf/aws.tf'],
    ['a/../../etc/passwd', 'etc/passwd'],
  ])('of %s is %s', (path, expected) => {
    expect(repositoryPath(path)).toBe(expected);
  });

  it.each(['', '/', '..', './', 'x'.repeat(2_000)])('of %j is none', (path) => {
    expect(repositoryPath(path)).toBeUndefined();
  });
});
