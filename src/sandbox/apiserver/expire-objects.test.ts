import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFakeClock } from '../../async/testing/fake-clock.ts';
import { startTestServer } from './testing/test-server.ts';

test('events are gone an hour after they were last seen, other objects stay', async () => {
  const clock = createFakeClock();
  const server = await startTestServer({ clock });
  const namespace = '/api/v1/namespaces/default';
  const involvedObject = { kind: 'Pod', name: 'p', namespace: 'default' };
  try {
    for (const name of ['once', 'again']) {
      await server.request('POST', `${namespace}/events`, { metadata: { name }, involvedObject });
    }
    await clock.advance(40 * 60_000);
    const seen = { count: 2 };
    await server.request('PATCH', `${namespace}/events/again`, seen, {
      'Content-Type': 'application/merge-patch+json',
    });
    await clock.advance(25 * 60_000);
    assert.equal((await server.request('GET', `${namespace}/events/once`)).status, 404);
    assert.equal((await server.request('GET', `${namespace}/events/again`)).status, 200);
    assert.equal((await server.request('GET', '/api/v1/namespaces/default')).status, 200);
  } finally {
    await server.close();
  }
});
