import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { locked } from './fixtures/locked.ts';

const samples: Readonly<Record<string, string>> = {
  'go.mod': 'module m\ngo 1.16\nrequire (\n\ta.example/a v1.0.0 // indirect\n)\nreplace a.example/a => b v1.0.0\n',
  'Cargo.lock': '[[package]]\nname = "a"\nversion = "1"\nsource = "s"\ndependencies = ["b 1"]\n',
  'composer.lock': '{"packages":[{"name":"a/b","version":"1","require":{"c/d":"1"}}],"packages-dev":[]}',
  'vendor/composer/installed.json': '[{"name":"a/b","version":"1"}]',
  'Gemfile.lock': 'GEM\n  specs:\n    rack (2.2.3)\n      a (> 1)\n\nDEPENDENCIES\n  rack!\n',
  'pom.xml':
    '<project><properties><a>1</a></properties><dependencies><dependency><groupId>g</groupId><artifactId>a</artifactId><version>${a}</version></dependency></dependencies></project>',
  'gradle.lockfile': 'g:a:1.0=runtimeClasspath\nempty=\n',
  'gradle/libs.versions.toml': '[versions]\na = "1"\n[libraries]\nb = { module = "g:b", version.ref = "a" }\n',
  'gradle/verification-metadata.xml':
    '<verification-metadata><components><component group="g" name="n" version="1"/></components></verification-metadata>',
  'packages.lock.json': '{"dependencies":{"net6.0":{"A":{"type":"Direct","resolved":"1.0.0","dependencies":{"B":"1"}}}}}',
  'x.deps.json': '{"targets":{"n":{"A/1":{"dependencies":{"B":"1"}}}},"libraries":{"A/1":{"type":"package"}}}',
  'packages.config': '<packages><package id="A" version="1.0"/></packages>',
  'x.csproj':
    '<Project><PropertyGroup><V>1.0</V></PropertyGroup><ItemGroup><PackageReference Include="A" Version="$(V)"/></ItemGroup></Project>',
};

describe('every format', () => {
  it.each(Object.entries(samples))('%s is read or refused, whatever somebody made of it', async (path, sample) => {
    expect((await locked({ [path]: sample })).packages.length).toBeGreaterThan(0);
    const damage = fc.tuple(
      fc.nat(sample.length),
      fc.nat(12),
      fc.oneof(fc.string({ maxLength: 12 }), fc.constantFrom('null', '{}', '[]', '"', '<', '${a}', '__proto__')),
    );

    await fc.assert(
      fc.asyncProperty(fc.array(damage, { minLength: 1, maxLength: 3 }), async (changes) => {
        const text = changes.reduce((whole, [at, cut, put]) => whole.slice(0, at) + put + whole.slice(at + cut), sample);
        const outcome = await locked({ [path]: text }).then(
          () => 'read',
          (error: { code?: string; name: string }) => error.code ?? error.name,
        );
        expect(['read', 'lock_file_refused']).toContain(outcome);
      }),
      { numRuns: 150 },
    );
  });
});
