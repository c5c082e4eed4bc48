import { describe, expect, it } from '@jest/globals';
import { locked } from './fixtures/locked.ts';

const registry = 'source = "registry+https://index.example/crates"';

describe('Cargo.lock', () => {
  it('tells direct from needed and tests from the rest by the manifests of a workspace', async () => {
    const lock = `version = 4

[[package]]
name = "app"
version = "0.1.0"
dependencies = ["memchr 1.0.2", "member", "mockall"]

[[package]]
name = "member"
version = "0.1.0"
dependencies = ["serde"]

[[package]]
name = "memchr"
version = "1.0.2"
${registry}
dependencies = ["memchr 2.7.4"]

[[package]]
name = "memchr"
version = "2.7.4"
${registry}

[[package]]
name = "mockall"
version = "0.9.0"
source = "git+https://git.example/mockall?rev=abc#abcdef"

[[package]]
name = "serde"
version = "1.0.0"
${registry}
`;
    const files = {
      'Cargo.lock': lock,
      'Cargo.toml':
        '[workspace]\nmembers = ["crates/*"]\n[package]\nname = "app"\n[dependencies]\nmemchr = "1"\n[dev-dependencies]\nmock = { package = "mockall", version = "*" }\n',
      'crates/member/Cargo.toml':
        '[package]\nname = "member"\n[dependencies]\nserde = "1"\n[target.\'cfg(unix)\'.dev-dependencies]\nserde = "1"\n',
    };

    expect((await locked(files)).packages).toEqual([
      'memchr@1.0.2 direct runtime :13',
      'memchr@2.7.4 memchr runtime :19',
      'mockall@0.9.0 direct development :24',
      'serde@1.0.0 direct runtime :29',
    ]);
  });

  it('reads version 1, where the project stands apart and needs name their source', async () => {
    const source = 'registry+https://index.example/crates';
    const lock = `[root]
name = "app"
version = "0.1.0"
dependencies = ["a 1.0.0 (${source})"]

[[package]]
name = "a"
version = "1.0.0"
source = "${source}"
dependencies = ["b 0.1.0 (git+https://git.example/b#123)"]

[[package]]
name = "b"
version = "0.1.0"
source = "git+https://git.example/b#123"

[metadata]
"checksum a 1.0.0 (${source})" = "00"
`;

    expect((await locked({ 'Cargo.lock': lock })).packages).toEqual(['a@1.0.0 direct runtime :6', 'b@0.1.0 a runtime :12']);
  });

  it('refuses what is none', async () => {
    await expect(locked({ 'Cargo.lock': 'x = 1' })).rejects.toMatchObject({ code: 'lock_file_refused' });
  });
});
