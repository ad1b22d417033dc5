import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { repository } from '../testing/berth.ts';
import { run } from '../testing/run.ts';
import { findTool } from '../tools/find-tool.ts';
import { oldestKubectl } from '../tools/tools.ts';

const found = findTool(oldestKubectl);
const skip = 'missing' in found ? found.missing : false;

test('the API server’s kubectl tests pass with the oldest kubectl too', { skip }, async (t) => {
  assert.ok('path' in found);
  const file = join(repository, 'src/sandbox/apiserver/kubectl.test.ts');
  const done = await run(process.execPath, ['--test', '--test-reporter=tap', file], {
    // Node refuses a test run inside a test run unless it does not know of it.
    env: { KUBECTL: found.path, NODE_TEST_CONTEXT: undefined },
  });
  assert.equal(done.exitCode, 0, done.stdout.slice(-4000));
  const passed = /^# pass (\d+)$/m.exec(done.stdout)?.[1];
  t.diagnostic(`${passed} tests with kubectl ${oldestKubectl.version}`);
  assert.ok(Number(passed) >= 10, done.stdout.slice(-2000));
});
