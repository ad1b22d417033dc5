import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fieldNumbers } from './gen/field-numbers.ts';
import { types } from './gen/types.ts';
import { generateTypes } from './generate-types.ts';

test('gen/types.ts is what the generator makes of the served resources', () => {
  const committed = readFileSync(new URL('gen/types.ts', import.meta.url), 'utf8');
  assert.equal(committed, generateTypes(), 'run node src/sandbox/apiserver/schema/generate-types.ts');
});

test('field numbers name fields that their types have', () => {
  for (const [type, row] of Object.entries(fieldNumbers)) {
    const fields = types[type];
    if (fields === undefined) continue;
    for (const part of row.split(',')) {
      const [, plus, name = ''] = /^\d+ (\+?)([^*]+)\*?$/.exec(part) ?? assert.fail(`${type}: ${part}`);
      assert.ok(
        plus === '+' ? fieldNumbers[name] !== undefined : fields[name] !== undefined,
        `${type}.${name}`,
      );
    }
  }
});
