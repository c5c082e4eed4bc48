import { describe, expect, it } from '@jest/globals';
import { locked } from './fixtures/locked.ts';

const lock = `# This is a Gradle generated file for dependency locking.
com.a:direct:1.0=compileClasspath,runtimeClasspath,testRuntimeClasspath
com.a:deep:2.0=runtimeClasspath
org.junit:junit:5.0=testCompileClasspath,testRuntimeClasspath
empty=annotationProcessor
`;

describe('Gradle', () => {
  it('reads gradle.lockfile; what the build file names is direct, what only tests use is for development', async () => {
    const files = { 'app/gradle.lockfile': lock, 'app/build.gradle.kts': 'dependencies { implementation("com.a:direct:1.0") }' };

    expect((await locked(files)).packages).toEqual([
      'com.a:deep@2.0 unknown runtime :3',
      'com.a:direct@1.0 direct runtime :2',
      'org.junit:junit@5.0 unknown development :4',
    ]);
  });

  it.each(['buildscript-gradle.lockfile', 'gradle/dependency-locks/compileClasspath.lockfile'])('reads %s', async (path) => {
    expect((await locked({ [path]: '# Gradle\ncom.a:b:1.0\n' })).packages).toEqual(['com.a:b@1.0 unknown runtime :2']);
  });

  it('takes a catalogue as declared where nothing is locked', async () => {
    const catalogue = `[versions]
a = "1.2"
rich = { strictly = "[3,4[", prefer = "3.1" }
[libraries]
one = { module = "g:one", version.ref = "a" }
two = { group = "g", name = "two", version = "2.0" }
three = "g:three:3.0"
open = { module = "g:open", version = "1.+" }
ranged = { module = "g:ranged", version.ref = "rich" }
platform = { module = "g:platform" }
`;

    const { packages, open } = await locked({ 'gradle/libs.versions.toml': catalogue });

    expect(packages).toEqual(['g:one@1.2 direct runtime :5', 'g:three@3.0 direct runtime :7', 'g:two@2.0 direct runtime :6']);
    expect(open.map((one) => one.split(':')[1])).toEqual(['open', 'ranged', 'platform']);
    expect((await locked({ 'gradle/libs.versions.toml': catalogue, 'gradle.lockfile': lock })).packages).toEqual([]);
  });

  it('takes what was verified where nothing is locked', async () => {
    const xml =
      '<?xml version="1.0"?>\n<verification-metadata>\n<configuration/>\n<components>\n<component group="g" name="n" version="1.0">\n<artifact name="n-1.0.jar"/></component></components></verification-metadata>';

    expect((await locked({ 'gradle/verification-metadata.xml': xml })).packages).toEqual(['g:n@1.0 unknown unknown :5']);
    expect((await locked({ 'gradle/verification-metadata.xml': xml, 'gradle.lockfile': lock })).packages).toEqual([]);
  });

  it.each(['gradle.lockfile', 'gradle/libs.versions.toml', 'gradle/verification-metadata.xml'])(
    'refuses a %s that is none',
    async (path) => {
      await expect(locked({ [path]: 'hunter2 <' })).rejects.toMatchObject({ code: 'lock_file_refused' });
    },
  );
});
