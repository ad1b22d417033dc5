/** A test that ran in the VM. */
export interface GuestTest {
  readonly name: string;
  readonly passed: boolean;
  /** What it said: the error of one that failed, diagnostics otherwise. */
  readonly detail: string;
}

/** The tests in the output of `node --test --test-reporter=tap`, one level below the file. */
export function guestTests(tap: string): readonly GuestTest[] {
  const tests: GuestTest[] = [];
  const lines = tap.split('\n');
  for (const [index, line] of lines.entries()) {
    const match = /^(not )?ok \d+ - (.*?)(?: # .*)?$/.exec(line);
    if (match === null) continue;
    const next = lines.findIndex((other, at) => at > index && /^(# Subtest|(not )?ok|1\.\.)/.test(other));
    const said = lines.slice(index + 1, next < 0 ? undefined : next);
    const passed = match[1] === undefined;
    const detail = passed ? said.filter((text) => text.startsWith('# ')).map((text) => text.slice(2)) : said;
    tests.push({ name: match[2] ?? '', passed, detail: detail.join('\n') });
  }
  return tests;
}
