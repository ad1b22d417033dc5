import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renderText } from './render-text.ts';
import { explainTexts } from './testing/explain-text.ts';
import { staticTutorial } from './testing/tutorial.ts';

test('a report reads as one block per object, findings below, and a summary', async () => {
  const text = renderText(await explainTexts([staticTutorial.replace('fs-name', 'fsname'), 'a: [']));
  const lines = text.split('\n');
  assert.match(lines[0] ?? '', /^2\.yaml:1$/);
  assert.ok(lines.includes('StorageClass azurelustre-static  (1.yaml:1)'));
  assert.ok(lines.some((line) => /^ {2}driver +azurelustre\.csi\.azure\.com$/.test(line)));
  assert.ok(lines.some((line) => /^ {2}error parameters\.fsname \(line 8\): Invalid parameter/.test(line)));
  assert.ok(lines.some((line) => /^ {4}-> did you mean fs-name instead of fsname\?/.test(line)));
  assert.equal(lines.at(-2), '2 objects, 2 errors, 0 warnings, 0 notes. Nothing was changed.');
});

test("colour is the caller's, and none is in the plain form", async () => {
  const report = await explainTexts(['a: [']);
  const marked = renderText(report, { heading: (t) => `<b>${t}</b>`, severity: (_s, t) => `<i>${t}</i>` });
  assert.match(marked, /<b>1\.yaml:1<\/b>\n {2}<i>error<\/i>/);
  assert.ok(!renderText(report).includes('\u001b'));
});
