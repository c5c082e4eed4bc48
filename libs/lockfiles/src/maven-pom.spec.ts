import { describe, expect, it } from '@jest/globals';
import { locked } from './fixtures/locked.ts';

const pom = (content: string): string =>
  `<?xml version="1.0"?>\n<project xmlns="http://maven.apache.org/POM/4.0.0">\n${content}\n</project>`;
const dependency = (artifact: string, more = ''): string =>
  `<dependency><groupId>g</groupId><artifactId>${artifact}</artifactId>${more}</dependency>`;

describe('pom.xml', () => {
  it('puts properties, managed versions and parents of the repository in', async () => {
    const parent = pom(`<groupId>org.x</groupId><artifactId>parent</artifactId><version>2.0</version><packaging>pom</packaging>
<properties><a.version>1.\${minor}</a.version><minor>0</minor></properties>
<dependencyManagement><dependencies>
${dependency('managed', '<version>3.1</version>')}
${dependency('for-tests', '<version>4.0</version><scope>test</scope>')}
</dependencies></dependencyManagement>
<dependencies>${dependency('inherited', '<version>9</version>')}</dependencies>`);
    const app = pom(`<parent><groupId>org.x</groupId><artifactId>parent</artifactId><version>2.0</version></parent>
<artifactId>app</artifactId>
<properties><minor>5</minor></properties>
<dependencies>
${dependency('a', '<version>${a.version}</version>')}
${dependency('managed')}
${dependency('for-tests')}
<!-- ${dependency('commented', '<version>1</version>')} -->
${dependency('sibling', '<version>${project.version}</version>')}
${dependency('exact', '<version>[1.2]</version><scope>provided</scope>')}
</dependencies>
<profiles><profile><dependencies>${dependency('of-profile', '<version>7</version>')}</dependencies></profile></profiles>`);

    expect(await locked({ 'app/pom.xml': app, 'pom.xml': parent })).toEqual({
      packages: [
        'g:a@1.5 direct runtime :7',
        'g:exact@1.2 direct runtime :12',
        'g:for-tests@4.0 direct development :9',
        'g:inherited@9 direct runtime :-',
        'g:managed@3.1 direct runtime :8',
        'g:of-profile@7 direct runtime :14',
        'g:sibling@2.0 direct runtime :11',
      ],
      open: [],
    });
  });

  it('names what cannot be resolved here and guesses nothing', async () => {
    const app = pom(`<parent><groupId>org.boot</groupId><artifactId>starter</artifactId><version>3.0</version></parent>
<artifactId>app</artifactId>
<dependencyManagement><dependencies>
<dependency><groupId>org.bom</groupId><artifactId>bom</artifactId><version>1.1</version><type>pom</type><scope>import</scope></dependency>
</dependencies></dependencyManagement>
<dependencies>
${dependency('of-parent')}
${dependency('range', '<version>[1.0,2.0)</version>')}
${dependency('latest', '<version>LATEST</version>')}
${dependency('property', '<version>${unknown}</version>')}
</dependencies>`);

    const { packages, open } = await locked({
      'app/pom.xml': app,
      'pom.xml': pom('<groupId>other</groupId><artifactId>starter</artifactId>'),
    });

    expect(packages).toEqual([]);
    expect(open).toEqual([
      'g:of-parent: its version comes from org.boot:starter:3.0, org.bom:bom:1.1',
      'g:range: [1.0,2.0) is a range',
      'g:latest: LATEST is a range',
      'g:property: its version ${unknown} is set nowhere here',
      'org.bom:bom:1.1: it is a list of versions outside the repository',
    ]);
  });

  it('is not held up by circles and bombs', async () => {
    const bomb = Array.from({ length: 60 }, (_, i) => `<p${i}>${`\${p${i + 1}}`.repeat(50)}</p${i}>`).join('');
    const app =
      pom(`<artifactId>a</artifactId><groupId>g</groupId><parent><groupId>g</groupId><artifactId>a</artifactId><version>1</version><relativePath>pom.xml</relativePath></parent>
<properties>${bomb}<p60></p60><x>\${y}</x><y>\${x}</y></properties>
<dependencies>${dependency('bomb', '<version>${p0}</version>')}${dependency('circle', '<version>${x}</version>')}</dependencies>`);

    expect((await locked({ 'pom.xml': app })).packages).toEqual([]);
  });

  it.each([
    ['no XML', '{"hunter2": 1}'],
    ['not closed', '<project><dependencies>'],
    ['closed wrongly', '<project><a></b></project>'],
    ['with a document type', '<!DOCTYPE p [<!ENTITY a "hunter2">]><project>&a;</project>'],
    ['of another kind', '<settings/>'],
    ['nested too deeply', '<a>'.repeat(200) + '</a>'.repeat(200)],
    ['full of openings', '<project '.repeat(200_000)],
  ])('refuses a file that is %s', async (_, text) => {
    await expect(locked({ 'pom.xml': text })).rejects.toMatchObject({
      code: 'lock_file_refused',
      message: expect.not.stringContaining('hunter2'),
    });
  });
});
