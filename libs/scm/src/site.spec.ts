import { baseOf, repositoryAt, toldByGithubForm } from './site.ts';

const payload = (clone_url: unknown, full_name = 'acme/shop'): unknown => ({ repository: { full_name, clone_url } });

describe('baseOf', () => {
  it.each([
    ['http://localhost:3000/acme/shop.git', 'http://localhost:3000'],
    ['https://host.example/git/Acme/Shop.git', 'https://host.example/git'],
    ['https://user:token@host.example/acme/shop', 'https://host.example'],
    ['file:///acme/shop', undefined],
    ['https://host.example/other/name.git', undefined],
    [undefined, undefined],
  ])('reads the base of %s as %s', (clone, base) => {
    expect(baseOf(toldByGithubForm(payload(clone)))).toBe(base);
  });
});

it('addresses a repository below a base with a path', () => {
  const site = { source: 's', baseUrl: 'https://host.example/git/' };

  expect(repositoryAt(toldByGithubForm(payload('https://host.example/git/acme/shop.git')), site)).toEqual({
    id: 'host.example/git/acme/shop',
    fullName: 'acme/shop',
    url: 'https://host.example/git/acme/shop',
  });
});

it.each([
  [9, '9'],
  ['R_9', 'R_9'],
  [{ $ne: 1 }, undefined],
  [undefined, undefined],
])('takes along the id %j of a repository at its host as %j', (id, hostId) => {
  const told = toldByGithubForm({ repository: { id, full_name: 'acme/shop' } });

  expect(repositoryAt(told, { source: 's', baseUrl: 'https://host.example' }).hostId).toBe(hostId);
});
