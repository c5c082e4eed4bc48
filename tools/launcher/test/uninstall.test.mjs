import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { dataFolder, makeFolders, projectRoot } from '../paths.mjs';
import { thingsOf } from '../uninstall.mjs';

const home = mkdtempSync(join(tmpdir(), 'throughline-uninstall-'));
after(() => [home, dataFolder(home)].forEach((folder) => rmSync(folder, { recursive: true, force: true })));

describe('what uninstall removes', () => {
  it('of an instance elsewhere is that instance alone', () => {
    const paths = thingsOf(home, join(home, 'another')).map(({ path }) => path);

    assert.ok(paths.includes(home));
    assert.deepEqual(
      paths.filter((path) => path !== home && path !== dataFolder(home)),
      [],
    );
  });

  it('is also what a home left behind that somebody deleted by hand', () => {
    const gone = join(home, 'gone');
    mkdirSync(gone);
    const data = makeFolders(gone);
    after(() => rmSync(data, { recursive: true, force: true }));
    rmSync(gone, { recursive: true });

    const paths = thingsOf(gone, home).map(({ path }) => path);

    assert.deepEqual(paths, data === gone ? [] : [data]);
  });

  it("with the clone's own instance is what was installed for the clone too", () => {
    const paths = thingsOf(home, home).map(({ path }) => path);

    assert.ok(paths.includes(home));
    assert.ok(paths.includes(join(projectRoot, 'node_modules')));
  });
});
