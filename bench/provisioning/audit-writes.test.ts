import assert from 'node:assert/strict';
import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { type AuditEntry, followAudit, writesOf } from './audit-writes.ts';

const entry = (username: string, verb: string, resource: string, subresource?: string): AuditEntry => ({
  user: { username },
  verb,
  objectRef: { resource, ...(subresource !== undefined && { subresource }) },
});

test('only one user’s writes are counted, by resource, and no leases', () => {
  const entries = [
    entry('a', 'create', 'persistentvolumes'),
    entry('a', 'create', 'events'),
    entry('a', 'patch', 'events'),
    entry('a', 'patch', 'persistentvolumeclaims', 'status'),
    entry('a', 'watch', 'persistentvolumes'),
    entry('a', 'update', 'leases'),
    entry('b', 'create', 'persistentvolumes'),
  ];
  assert.deepEqual(writesOf('a', entries), {
    persistentvolumes: 1,
    events: 2,
    'persistentvolumeclaims/status': 1,
  });
});

test('a line is read once, when it is whole', async (t) => {
  const directory = await mkdtemp(join(tmpdir(), 'berth-audit-'));
  t.after(() => rm(directory, { recursive: true }));
  const file = join(directory, 'audit.log');
  const line = JSON.stringify(entry('ä', 'create', 'events'));
  await writeFile(file, `${line}\n${line.slice(0, 20)}`);
  const audit = followAudit(file);
  assert.equal((await audit.read()).length, 1);
  assert.equal((await audit.read()).length, 0);
  await appendFile(file, `${line.slice(20)}\n`);
  assert.deepEqual(await audit.read(), [JSON.parse(line)]);
});
