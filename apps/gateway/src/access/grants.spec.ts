import { describe, expect, it } from '@jest/globals';
import { allRights } from '@throughline/service';
import { everything, excess, reachOf, within, type Grant } from './grants.ts';
import { rightsOf, roles } from './roles.ts';

const developerOfRed: Grant = { rights: ['findings:read', 'findings:write'], applications: ['shop'], teams: ['red'] };
const viewer: Grant = { rights: ['findings:read'], applications: '*', teams: '*' };

describe('grants', () => {
  it('are bounded by each other', () => {
    const bound: Grant = { rights: ['findings:read', 'alerts:read'], applications: ['shop', 'pay'], teams: ['red'] };

    expect(within([everything], bound)).toEqual([bound]);
    expect(within([developerOfRed, viewer], bound)).toEqual([
      { rights: ['findings:read'], applications: ['shop'], teams: ['red'] },
      { rights: ['findings:read'], applications: ['shop', 'pay'], teams: ['red'] },
    ]);
    expect(within([viewer], { ...everything, rights: ['alerts:read'] })).toEqual([]);
  });

  it('reach for each right as far as that right was given, and take no right along that counts for a part only', () => {
    const both = [developerOfRed, viewer];

    expect(reachOf(both, 'findings:read')).toEqual({ rights: ['findings:read'], applications: '*', teams: '*' });
    expect(reachOf(both, 'findings:write')).toEqual({
      rights: ['findings:read', 'findings:write'],
      applications: ['shop'],
      teams: ['red'],
    });
    expect(reachOf(both, 'alerts:read')).toEqual({ rights: [], applications: [], teams: [] });
    expect(reachOf([], undefined)).toEqual({ rights: [], applications: [], teams: [] });
  });

  it('add up when together they cover the scope', () => {
    const blue: Grant = { rights: ['*'], applications: ['pay'], teams: ['blue'] };

    expect(reachOf([developerOfRed, blue], 'findings:write')).toEqual({
      rights: ['findings:read', 'findings:write'],
      applications: ['pay', 'shop'],
      teams: ['blue', 'red'],
    });
    expect(reachOf([developerOfRed, blue], 'alerts:read')).toEqual({ rights: ['*'], applications: ['pay'], teams: ['blue'] });
  });

  it('cannot be given by one who has them not, or not there', () => {
    expect(excess({ rights: ['findings:write'], applications: ['shop'], teams: ['red'] }, [developerOfRed])).toEqual([]);
    expect(excess({ rights: ['findings:write'], applications: '*', teams: '*' }, [developerOfRed, viewer])).toEqual(['findings:write']);
    expect(excess({ rights: ['*'], applications: [], teams: [] }, [viewer])).toEqual(['*']);
    expect(excess({ rights: ['*'], applications: '*', teams: '*' }, [everything])).toEqual([]);
  });
});

describe('roles', () => {
  it('allow only what there is, and of people and the audit log no more than they need', () => {
    const known = new Set<string>(['*', ...allRights]);
    const mayChangePeople = roles().filter(({ rights }) => rights.includes('*') || rights.includes('people:write'));

    expect(roles().flatMap(({ rights }) => rights.filter((right) => !known.has(right)))).toEqual([]);
    expect(mayChangePeople.map(({ name }) => name)).toEqual(['administrator']);
    expect(rightsOf('auditor').filter((right) => !right.endsWith(':read'))).toEqual([]);
    expect(rightsOf('constructor')).toEqual([]);
  });
});
