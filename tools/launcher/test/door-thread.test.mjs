import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import { DoorThread } from '../host/door-thread.mjs';

describe('the thread of the services that callers wait for', () => {
  it('says why a service did not start, goes on, and tells when it ends by itself', { timeout: 60_000 }, async () => {
    const door = new DoorThread('/nonexistent');
    await assert.rejects(door.start('ingest'), { code: 'ENOENT' });
    await door.stop(['ingest', 'gateway']);

    const fault = once(door, 'fault');
    const asked = assert.rejects(door.start('ingest'), /thread of ingest and gateway ended/);
    await door.worker.terminate();
    await asked;
    assert.match((await fault)[0].message, /ended/);
    await door.stop(['ingest']);
  });
});
