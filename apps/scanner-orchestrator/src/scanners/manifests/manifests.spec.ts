import { describe, expect, it } from '@jest/globals';
import { collect, findingsOf, memoryTree } from '../../fixtures/reading.ts';
import { manifests } from './manifests.ts';

async function check(path: string, text: string) {
  return findingsOf(await collect(manifests.scan(memoryTree({ [path]: text }), undefined)));
}

const deployment = (pod: string, container: string): string => `apiVersion: apps/v1
kind: Deployment
metadata:
  name: shop
  namespace: web
spec:
  template:
    spec:
${pod}
      containers:
        - name: api
          image: shop:1
${container}
`;

describe('Kubernetes workloads', () => {
  it('names the container that is privileged, with its line', async () => {
    const findings = await check('deploy/shop.yaml', deployment('', '          securityContext:\n            privileged: true'));

    expect(findings).toEqual([
      expect.objectContaining({
        rule: 'privileged-workload',
        severity: 'high',
        path: 'deploy/shop.yaml',
        line: 14,
        resource: 'Deployment/web/shop/api',
      }),
    ]);
  });

  it.each([
    ['      hostNetwork: true', '', 'host-namespace'],
    ['      volumes: [{name: a, hostPath: {path: /}}]', '', 'host-path-volume'],
    ['      securityContext: {runAsUser: 0}', '', 'root-container'],
    ['      securityContext: {runAsNonRoot: false}', '', 'root-container'],
    ['', '          securityContext: {allowPrivilegeEscalation: true}', 'privilege-escalation'],
  ])('finds %j%j as %s', async (pod, container, rule) => {
    expect((await check('a.yml', deployment(pod, container))).map((finding) => finding.rule)).toEqual([rule]);
  });

  it.each([
    [
      'a container that sets its own user',
      deployment('      securityContext: {runAsUser: 0}', '          securityContext: {runAsUser: 1000}'),
    ],
    ['what the manifest leaves to the image', deployment('', '')],
    ['a template that is no YAML yet', '{{ if .Values.x }}\napiVersion: v1\nkind: Pod\n{{ end }}'],
    [
      'a bomb of aliases',
      `apiVersion: v1\nkind: Pod\na: &a [x,x,x,x,x,x,x,x,x]\n${'bcdefghij'
        .split('')
        .map((k, i) => `${k}: &${k} [${Array(9).fill(`*${'abcdefghi'[i]!}`).join(',')}]`)
        .join('\n')}`,
    ],
    ['another file with such words', 'apiVersion: 1\nkind: nothing we know'],
  ])('says nothing about %s', async (_, text) => {
    expect(await check('a.yaml', text)).toEqual([]);
  });

  it('looks into lists, several documents and JSON', async () => {
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec: { hostPID: true } };

    expect(await check('a.json', JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [pod, pod] }))).toHaveLength(2);
    expect(await check('a.yaml', `${JSON.stringify(pod)}\n---\n${JSON.stringify(pod)}`)).toHaveLength(2);
  });
});

describe('images', () => {
  it.each([
    ['FROM debian:12\nRUN true', 1, 'The image names no user: it runs as root'],
    ['FROM debian:12\nUSER root', 2, 'The image runs as root'],
    ['FROM debian:12\nUSER 1000\nUSER 0:0', 3, 'The image runs as root'],
    ['FROM node AS build\nUSER node\nFROM debian:12\nCOPY --from=build /a /a', 3, 'The image names no user: it runs as root'],
  ])('reports %j at line %i', async (text, line, title) => {
    expect(await check('Dockerfile', text)).toEqual([expect.objectContaining({ rule: 'root-container', line, title })]);
  });

  it.each([
    'FROM debian:12\nUSER 1000',
    'FROM debian:12 AS base\nUSER app\nFROM base\nCOPY a a',
    'FROM scratch\nCOPY a a',
    'FROM gcr.example/distroless/static:nonroot',
    'FROM debian:12\nUSER \\\n  app',
    '# only a comment',
  ])('says nothing about %j', async (text) => {
    expect(await check('Dockerfile', text)).toEqual([]);
  });
});
