import { describe, expect, it } from '@jest/globals';
import { locked } from './fixtures/locked.ts';

describe('go.mod', () => {
  it('gives what was selected, what is indirect, and Go itself', async () => {
    const mod = `module example.org/app

go 1.22.1
toolchain go1.23rc1

require github.com/BurntSushi/toml v1.2.0
require (
	"example.org/quoted" v0.0.0-20211111083644-e5c967477495
	github.com/docker/docker v20.10.11+incompatible // indirect
	golang.org/x/text v0.3.6 //indirect; see https://go.dev/
)
tool example.org/cmd/x
`;

    expect(await locked({ 'go.mod': mod })).toEqual({
      packages: [
        'example.org/quoted@v0.0.0-20211111083644-e5c967477495 direct runtime :8',
        'github.com/BurntSushi/toml@v1.2.0 direct runtime :6',
        'github.com/docker/docker@v20.10.11+incompatible unknown runtime :9',
        'golang.org/x/text@v0.3.6 unknown runtime :10',
        'stdlib@1.23.0-rc.1 direct runtime :4',
      ],
      open: [],
    });
  });

  it('puts replacements in, leaves local ones out and names what is excluded or no version', async () => {
    const mod = `module m
go 1.20
require (
	a.example/a v1.0.0
	a.example/b v1.0.0
	a.example/c v1.0.0
	a.example/d v1.1.0
	a.example/e v1.5.0
	a.example/f main
)
replace a.example/a => fork.example/a v1.0.1
replace (
	a.example/b => ../b
	a.example/c v0.9.0 => fork.example/c v0.9.1
	a.example/d => fork.example/d v1.0.0
	a.example/d v1.1.0 => fork.example/d v1.1.1
)
exclude a.example/e v1.5.0
`;

    const { packages, open } = await locked({ 'go.mod': mod });

    expect(packages).toEqual([
      'a.example/c@v1.0.0 direct runtime :6',
      'fork.example/a@v1.0.1 direct runtime :4',
      'fork.example/d@v1.1.1 direct runtime :7',
    ]);
    expect(open).toEqual([
      'a.example/e: its version v1.5.0 is excluded: the next one that the registry has is taken',
      'a.example/f: it names a branch or commit, not a version',
    ]);
  });

  it('before Go 1.17 takes what lies in between from go.sum, the last version of each', async () => {
    const sum = `a.example/a v1.0.0 h1:x=
a.example/a v1.0.0/go.mod h1:x=
a.example/deep v1.0.0/go.mod h1:x=
a.example/deep v1.2.0 h1:x=
a.example/deep v1.2.0/go.mod h1:x=
a.example/only-named v2.0.0/go.mod h1:x=
`;
    const files = { 'x/go.mod': 'module m\ngo 1.15\nrequire a.example/a v1.0.0\n', 'x/go.sum': sum };

    expect((await locked(files)).packages).toEqual([
      'a.example/a@v1.0.0 direct runtime :3',
      'a.example/deep@v1.2.0 unknown runtime :-',
      'a.example/only-named@v2.0.0 unknown unknown :-',
    ]);
    expect((await locked({ ...files, 'x/go.mod': files['x/go.mod'].replace('1.15', '1.17') })).packages).toHaveLength(1);
  });

  it('refuses what is none', async () => {
    await expect(locked({ 'go.mod': '{"hunter2": 1}' })).rejects.toMatchObject({ code: 'lock_file_refused' });
  });
});
