import { describe, expect, it } from '@jest/globals';
import { holds, readMarker, withoutExtras, writtenMarker } from './marker.ts';

const machine = (variables: Record<string, string>, ...extras: string[]) => ({ variables, extras: new Set(extras) });

describe('a marker', () => {
  it.each([
    ['python_version < "3.10"', { python_version: '3.9' }, true],
    ['python_version < "3.10"', { python_version: '3.10' }, false],
    ['"3.8" <= python_version', { python_version: '3.7' }, false],
    ["sys_platform == 'win32' or python_full_version >= '3.11.2'", { sys_platform: 'linux', python_full_version: '3.11.3' }, true],
    ['python_version == "3.*"', { python_version: '3.12' }, true],
    ['platform_machine == "arm64"', { python_version: '3.12' }, undefined],
    ['platform_machine == "arm64" and python_version < "3"', { python_version: '3.12' }, false],
    ['(os_name == "nt" or os_name == "posix") and python_version not in "2.7 3.6"', { os_name: 'nt', python_version: '3.6' }, false],
    ['"linux" in sys_platform', { sys_platform: 'linux2' }, true],
  ])('%s on %j: %s', (text, variables, answer) => {
    expect(holds(readMarker(text)!, machine(variables as Record<string, string>))).toBe(answer);
  });

  it('holds for an extra that is asked for, in any spelling', () => {
    expect(holds(readMarker("extra == 'Use_Chardet'")!, machine({}, 'use-chardet'))).toBe(true);
    expect(holds(readMarker('extra == "socks"')!, machine({}))).toBe(false);
  });

  it('is written with one kind of quotes and the brackets that it needs', () => {
    const marker = readMarker(`(os_name=='nt' or extra=="x") and '3.8' <= python_version`)!;

    expect(writtenMarker(marker)).toBe('(os_name == "nt" or extra == "x") and python_version >= "3.8"');
    expect(writtenMarker(withoutExtras(marker)!, "'")).toBe("os_name == 'nt' and python_version >= '3.8'");
  });

  it.each(['python_version', 'python_version <', '(python_version < "3"', '"a" == "b"', 'python_version < "3" extra', '`id`'])(
    'is not read from %s',
    (text) => {
      expect(readMarker(text)).toBeUndefined();
    },
  );
});
