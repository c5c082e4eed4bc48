import { describe, expect, it } from '@jest/globals';
import type { OsvRecord } from './osv.ts';
import { parsePurl } from './purl.ts';
import { affectsPurl, isOfSystem, systemPackageOf } from './system-package.ts';

describe('systemPackageOf', () => {
  it.each([
    ['pkg:deb/debian/curl@7.88.1-10+deb12u5?arch=amd64&distro=debian-12', 'Debian', '12'],
    ['pkg:deb/debian/curl@7.88.1?distro=debian-12.5', 'Debian', '12'],
    ['pkg:deb/debian/curl@7.88.1?distro=bookworm', 'Debian', '12'],
    ['pkg:deb/debian/curl@7.88.1', 'Debian', undefined],
    ['pkg:deb/ubuntu/curl@7.81.0?distro=ubuntu-22.04', 'Ubuntu', '22.04'],
    ['pkg:deb/ubuntu/curl@7.81.0?distro=jammy', 'Ubuntu', '22.04'],
    ['pkg:apk/alpine/curl@8.5.0-r0?distro=alpine-3.19.1', 'Alpine', 'v3.19'],
    ['pkg:apk/alpine/curl@8.5.0-r0?distro=3.19.1', 'Alpine', 'v3.19'],
    ['pkg:apk/alpine/curl@8.5.0-r0?distro=alpine-edge', 'Alpine', 'edge'],
    ['pkg:apk/wolfi/curl@8.5.0-r0?distro=wolfi-20230201', 'Wolfi', undefined],
    ['pkg:rpm/redhat/curl@7.76.1-26.el9?distro=rhel-9.3', 'Red Hat', '9'],
    ['pkg:rpm/rocky/curl@7.76.1-26.el9?distro=rocky-9.3', 'Rocky Linux', '9'],
    ['pkg:rpm/almalinux/curl@7.61.1-33.el8?distro=almalinux-8.9', 'AlmaLinux', '8'],
    ['pkg:rpm/opensuse/curl@8.0.1-1?distro=opensuse-leap-15.5', 'openSUSE', 'Leap 15.5'],
    ['pkg:rpm/opensuse/curl@8.0.1-1?distro=opensuse-tumbleweed-20240101', 'openSUSE', 'Tumbleweed'],
    ['pkg:rpm/suse/curl@8.0.1-1?distro=sles-15.5', 'SUSE', '15 SP5'],
    ['pkg:rpm/mageia/curl@8.0.1-1?distro=mageia-9', 'Mageia', '9'],
  ])('reads the system of %s', (text, system, release) => {
    const found = systemPackageOf(parsePurl(text)!)!;

    expect([found.system, found.release]).toEqual([system, release]);
  });

  it.each([
    ['pkg:deb/debian/libcurl4@7.88.1-10?upstream=curl', ['curl 7.88.1-10', 'libcurl4 7.88.1-10']],
    ['pkg:deb/debian/libgcc-s1@12.2.0-14?upstream=gcc-12%4012.2.0-13', ['gcc-12 12.2.0-13', 'libgcc-s1 12.2.0-14']],
    ['pkg:deb/debian/curl@7.88.1-10?upstream=curl', ['curl 7.88.1-10']],
    [
      'pkg:rpm/redhat/glibc-common@2.34-83.el9?epoch=2&upstream=glibc-2.34-83.el9.src.rpm',
      ['glibc 2:2.34-83.el9', 'glibc-common 2:2.34-83.el9'],
    ],
  ])('knows the source and the package of %s', (text, names) => {
    expect(systemPackageOf(parsePurl(text)!)!.names.map(({ name, version }) => `${name} ${version}`)).toEqual(names);
  });

  it.each(['pkg:npm/curl@1.0.0', 'pkg:deb/mine/curl@1.0', 'pkg:rpm/debian/curl@1.0', 'pkg:generic/debian/curl@1.0'])(
    'knows none for %s',
    (text) => {
      expect(systemPackageOf(parsePurl(text)!)).toBeUndefined();
    },
  );
});

describe('isOfSystem', () => {
  it.each<[string, string, string | undefined, boolean | 'unknown']>([
    ['Debian:12', 'Debian', '12', true],
    ['Debian:1', 'Debian', '12', false],
    ['Debian', 'Debian', '12', true],
    ['Debian:12', 'Debian', undefined, 'unknown'],
    ['Ubuntu:22.04:LTS', 'Ubuntu', '22.04', true],
    ['Ubuntu:Pro:22.04:LTS', 'Ubuntu', '22.04', false],
    ['Red Hat:enterprise_linux:9::appstream', 'Red Hat', '9', true],
    ['Red Hat:rhel_eus:9.2::baseos', 'Red Hat', '9', true],
    ['Red Hat:enterprise_linux:8::appstream', 'Red Hat', '9', false],
    ['Red Hat:openshift:4.9::el9', 'Red Hat', '9', false],
    ['SUSE:Linux Enterprise Module for Basesystem 15 SP5', 'SUSE', '15 SP5', true],
    ['SUSE:Linux Enterprise Server 15 SP4', 'SUSE', '15 SP5', false],
    ['npm', 'Debian', '12', false],
  ])('of %s and %s %s is %s', (ecosystem, system, release, expected) => {
    expect(isOfSystem(ecosystem, { system, ...(release !== undefined && { release }) })).toBe(expected);
  });
});

describe('affectsPurl', () => {
  const fixedIn = (ecosystem: string, name: string, fixed: string): NonNullable<OsvRecord['affected']>[number] => ({
    package: { ecosystem, name },
    ranges: [{ type: 'ECOSYSTEM', events: [{ introduced: '0' }, { fixed }] }],
  });
  const record: OsvRecord = {
    affected: [fixedIn('Debian:11', 'curl', '7.74.0-1.3+deb11u2'), fixedIn('Debian:12', 'curl', '7.88.1-10+deb12u5')],
  };
  const verdict = (purl: string): unknown => affectsPurl(record, parsePurl(purl)!);

  it.each<[string, boolean | 'unknown']>([
    ['pkg:deb/debian/curl@7.74.0-1.3+deb11u1?distro=debian-11', true],
    ['pkg:deb/debian/curl@7.74.0-1.3+deb11u2?distro=debian-11', false],
    ['pkg:deb/debian/curl@7.88.1-10+deb12u5?distro=debian-12', false],
    ['pkg:deb/debian/libcurl4@7.88.1-10+deb12u4?distro=debian-12&upstream=curl', true],
    ['pkg:deb/debian/libcurl4@7.88.1-10+deb12u4?distro=debian-12', false],
    ['pkg:deb/debian/curl@7.80.0-1?distro=debian-10', false],
    ['pkg:deb/debian/curl@7.80.0-1', 'unknown'],
    ['pkg:deb/debian/curl@8.0.0-1', false],
    ['pkg:deb/debian/curl?distro=debian-11', 'unknown'],
    ['pkg:deb/ubuntu/curl@7.74.0-1.3+deb11u1?distro=ubuntu-22.04', false],
    ['pkg:npm/curl@1.0.0', false],
  ])('tells about %s: %s', (purl, expected) => {
    expect(verdict(purl)).toBe(expected);
  });
});
