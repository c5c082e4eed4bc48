import { describe, expect, it } from '@jest/globals';
import { locked } from './fixtures/locked.ts';

describe('NuGet', () => {
  it('reads packages.lock.json with a graph for each framework', async () => {
    const lock = {
      version: 2,
      dependencies: {
        'net6.0': {
          'A.Direct': { type: 'Direct', requested: '[1.0.0, )', resolved: '1.0.0', dependencies: { 'b.deep': '2.0.0' } },
          'B.Deep': { type: 'Transitive', resolved: '2.0.1' },
          other: { type: 'Project', dependencies: { 'C.OfProject': '3.0.0' } },
          'C.OfProject': { type: 'CentralTransitive', resolved: '3.0.0' },
        },
        'net48/win-x64': { 'B.Deep': { type: 'Direct', resolved: '2.0.0' } },
      },
    };

    expect((await locked({ 'packages.lock.json': `\uFEFF${JSON.stringify(lock, null, 1)}` })).packages).toEqual([
      'A.Direct@1.0.0 direct runtime :5',
      'B.Deep@2.0.0 direct runtime :13',
      'B.Deep@2.0.1 A.Direct runtime :13',
      'C.OfProject@3.0.0 direct runtime :23',
    ]);
  });

  it('reads what a published program brings along', async () => {
    const deps = {
      targets: { net6: { 'App/1.0.0': { dependencies: { A: '1.0.0' } }, 'A/1.0.0': { dependencies: { B: '2.0.0' } }, 'B/2.0.0': {} } },
      libraries: { 'App/1.0.0': { type: 'project' }, 'A/1.0.0': { type: 'package' }, 'B/2.0.0': { type: 'package' } },
    };

    expect((await locked({ 'bin/App.deps.json': JSON.stringify(deps) })).packages).toEqual([
      'A@1.0.0 direct runtime :-',
      'B@2.0.0 A runtime :-',
    ]);
  });

  it('reads packages.config', async () => {
    const config =
      '\uFEFF<?xml version="1.0"?>\n<packages>\n  <package id="Newtonsoft.Json" version="12.0.1" />\n  <package id="Tool" version="1.0" developmentDependency="true" />\n</packages>';

    expect((await locked({ 'packages.config': config })).packages).toEqual([
      'Newtonsoft.Json@12.0.1 direct runtime :3',
      'Tool@1.0 direct development :4',
    ]);
  });

  it('reads references of a project with central versions, and names what it leaves open', async () => {
    const project = `<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup><JsonVersion>12.0.1</JsonVersion></PropertyGroup>
  <ItemGroup>
    <PackageReference
       Include="Json" Version="$(JsonVersion)" />
    <PackageReference Include="Nested"><Version>2.0.0-beta.1</Version><PrivateAssets>all</PrivateAssets></PackageReference>
    <PackageReference Include="Central" />
    <PackageReference Include="Overridden" VersionOverride="5.0.0" />
    <PackageReference Include="Exact" Version="[6.0.0]" />
    <PackageReference Include="Floating" Version="1.*" />
    <PackageReference Include="Unset" Version="$(Nowhere)" />
    <PackageReference Include="Bare" />
  </ItemGroup>
</Project>`;
    const central =
      '<Project><ItemGroup><PackageVersion Include="central" Version="3.0.0"/><PackageVersion Include="Overridden" Version="4.0.0"/><GlobalPackageReference Include="Everywhere" Version="7.0.0"/></ItemGroup></Project>';

    const { packages, open } = await locked({ 'src/app/App.csproj': project, 'Directory.Packages.props': central });

    expect(packages).toEqual([
      'Central@3.0.0 direct runtime :7',
      'Everywhere@7.0.0 direct runtime :-',
      'Exact@6.0.0 direct runtime :9',
      'Json@12.0.1 direct runtime :4',
      'Nested@2.0.0-beta.1 direct development :6',
      'Overridden@5.0.0 direct runtime :8',
    ]);
    expect(open).toEqual(['Floating: 1.* is a range', 'Unset: its version $(Nowhere) is set nowhere here', 'Bare: it has no version here']);
    expect((await locked({ 'src/app/App.csproj': project, 'src/app/packages.lock.json': '{}' })).packages).toEqual([]);
  });

  it.each(['packages.lock.json', 'x.deps.json', 'packages.config', 'x.csproj'])('refuses a %s that is none', async (path) => {
    await expect(locked({ [path]: '[]' })).rejects.toMatchObject({ code: 'lock_file_refused' });
  });
});
