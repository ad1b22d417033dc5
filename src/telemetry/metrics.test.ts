import assert from 'node:assert/strict';
import { test } from 'node:test';
import { noMetrics, openMetrics } from './metrics.ts';

const spec = { name: 'berth_test_total', help: 'Things that happened.', labels: ['kind'] };

test('what was counted, set and observed stands in the text that Prometheus reads', async () => {
  const metrics = await openMetrics();
  const count = metrics.counter(spec);
  count({ kind: 'a' });
  count({ kind: 'a' }, 2);
  metrics.gauge({ name: 'berth_level', help: 'A level.', labels: [] })({}, 7);
  metrics.histogram({ name: 'berth_seconds', help: 'Time.', labels: ['kind'], buckets: [0.1, 1] })(
    { kind: 'b' },
    0.5,
  );

  const { contentType, body } = await metrics.exposition();
  assert.match(contentType, /^text\/plain/);
  for (const line of [
    '# HELP berth_test_total Things that happened.',
    '# TYPE berth_test_total counter',
    'berth_test_total{kind="a"} 3',
    'berth_level 7',
    'berth_seconds_bucket{le="0.1",kind="b"} 0',
    'berth_seconds_bucket{le="1",kind="b"} 1',
    'berth_seconds_count{kind="b"} 1',
  ]) {
    assert.ok(body.split('\n').includes(line), `${line}\nin\n${body}`);
  }
});

test('a metric asked for twice is one metric, and registries do not share', async () => {
  const metrics = await openMetrics();
  metrics.counter(spec)({ kind: 'a' });
  metrics.counter(spec)({ kind: 'a' });
  assert.match((await metrics.exposition()).body, /kind="a"\} 2/);
  assert.equal((await (await openMetrics()).exposition()).body.trim(), '');
});

test('without metrics everything is taken and nothing is told', async () => {
  noMetrics.counter(spec)({ kind: 'a' });
  assert.equal((await noMetrics.exposition()).body, '');
});
