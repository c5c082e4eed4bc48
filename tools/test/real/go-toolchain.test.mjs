import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { goPin, moduleSum } from './go-toolchain.mjs';
import { filesOf } from './zip.mjs';

/** `m@v1/bin/go` stored, `m@v1/_go.mod` and the empty `m@v1/a.txt` deflated; as Python's zipfile writes them. */
const archive = Buffer.from(
  'UEsDBBQAAAAAAAAAIQBW3QCpAwAAAAMAAAALAAAAbUB2MS9iaW4vZ28jIQpQSwMEFAAAAAgAAAAhADArbnkQAAAAaAEAAAwAAABtQHYxL19nby5tb2TLzU8pzUlV' +
    'yOXKHWXQkgEAUEsDBBQAAAAIAAAAIQAAAAAAAgAAAAAAAAAKAAAAbUB2MS9hLnR4dAMAUEsBAhQDFAAAAAAAAAAhAFbdAKkDAAAAAwAAAAsAAAAAAAAAAAAAAIAB' +
    'AAAAAG1AdjEvYmluL2dvUEsBAhQDFAAAAAgAAAAhADArbnkQAAAAaAEAAAwAAAAAAAAAAAAAAIABLAAAAG1AdjEvX2dvLm1vZFBLAQIUAxQAAAAIAAAAIQAAAAAA' +
    'AgAAAAAAAAAKAAAAAAAAAAAAAACAAWYAAABtQHYxL2EudHh0UEsFBgAAAAADAAMAqwAAAJAAAAAAAA==',
  'base64',
);

describe('a module zip', () => {
  it('is read file by file, stored or deflated', () => {
    const files = [...filesOf(archive)].map(({ name, read }) => [name, read().toString()]);

    assert.deepEqual(files, [
      ['m@v1/bin/go', '#!\n'],
      ['m@v1/_go.mod', 'module m\n'.repeat(40)],
      ['m@v1/a.txt', ''],
    ]);
  });

  it('has the digest that go.sum would name, whatever the order of its files', () => {
    assert.equal(moduleSum(archive), 'h1:GTsmZvNKW+74cAbFrF2MI2Un9CLJhCMJvoPFWOdVXrY=');
  });

  it('is refused when it is something else, or unpacks to more than it says', () => {
    const longer = Buffer.from(archive);
    longer.writeUInt32LE(8, longer.lastIndexOf(Buffer.from('m@v1/_go.mod')) - 46 + 24);

    assert.throws(() => [...filesOf(Buffer.from('<html>'))], /not a zip/);
    assert.throws(() => moduleSum(longer), { code: 'ERR_BUFFER_TOO_LARGE' });
  });
});

describe('the pinned toolchain', () => {
  it('is named by a digest for each platform', () => {
    for (const { sum } of Object.values(goPin.modules)) assert.match(sum, /^h1:[\w+/]{43}=$/);
  });
});
