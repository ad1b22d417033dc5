import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { nodeFlags } from './node-flags.ts';

const entryPoint = readFileSync(join(import.meta.dirname, 'berth'), 'utf8');

test('the entry point starts each bundle with the flags that its compile cache was filled with', () => {
  const [, common] = /^exec \S+ (.*) \$flags /m.exec(entryPoint) ?? [];
  for (const [bundle, flags] of Object.entries(nodeFlags)) {
    const [, own = ''] = new RegExp(`bundle=${bundle} flags=(\\S*)`).exec(entryPoint) ?? [];
    assert.deepEqual([common, own].filter(Boolean), flags);
  }
});
