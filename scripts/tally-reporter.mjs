// A node:test reporter: one JSON object with what passed, failed and was skipped. Suites do not count, only tests.
export default async function* tallyReporter(source) {
  const tally = { passed: 0, failed: 0, failures: [], skips: [] };
  for await (const { type, data } of source) {
    if (type !== 'test:pass' && type !== 'test:fail') continue;
    if (data.details?.type === 'suite' && data.skip === undefined) continue;
    if (data.skip !== undefined)
      tally.skips.push({ name: data.name, reason: data.skip === true ? '' : data.skip });
    else if (type === 'test:pass') tally.passed++;
    else {
      tally.failed++;
      tally.failures.push(`${data.name} (${data.file ?? ''}:${data.line ?? ''})`);
    }
  }
  yield JSON.stringify(tally);
}
