import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatMountLine, type MountEntry, parseMountinfo, parseMountLine } from './mountinfo.ts';

const manualPageLine = '36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue';

test("the manual page's line gives every field", () => {
  assert.deepEqual(parseMountLine(manualPageLine), {
    id: 36,
    parentId: 35,
    device: '98:0',
    root: '/mnt1',
    mountPoint: '/mnt2',
    options: ['rw', 'noatime'],
    propagation: { master: 1 },
    fsType: 'ext3',
    source: '/dev/root',
    superOptions: ['rw', 'errors=continue'],
  });
});

test('several, unknown and no optional fields are understood', () => {
  const propagation = (tags: string) => parseMountLine(`1 2 0:3 / /m rw ${tags}- tmpfs none rw`)?.propagation;
  assert.deepEqual(propagation('shared:7 master:8 propagate_from:2 '), {
    shared: 7,
    master: 8,
    propagateFrom: 2,
  });
  assert.deepEqual(propagation('unbindable '), { unbindable: true });
  assert.deepEqual(propagation('color:blue shared:1 '), { shared: 1 });
  assert.deepEqual(propagation(''), {});
});

test('a mount point with spaces and a Lustre source read as they are', () => {
  const line = String.raw`9 1 0:9 / /pods/a\040b\134c\011 rw - lustre 10.0.0.4@tcp:/lustrefs/team\043a rw,flock`;
  const entry = parseMountLine(line);
  assert.equal(entry?.mountPoint, '/pods/a b\\c\t');
  assert.equal(entry?.source, '10.0.0.4@tcp:/lustrefs/team#a');
});

test('a mount without a source is a mount', () => {
  const entry = parseMountLine('9 1 0:9 / /m rw - tmpfs  rw,size=4k');
  assert.deepEqual([entry?.source, entry?.superOptions], ['', ['rw', 'size=4k']]);
});

test('torn lines and lines of another form are left out, the others stay', () => {
  const torn = [
    // A cut within the last field cannot be seen.
    ...Array.from({ length: manualPageLine.indexOf('rw,errors') }, (_, length) =>
      manualPageLine.slice(0, length),
    ),
    'x 35 98:0 / /mnt rw - ext3 /dev/root rw',
    '36 35 98 / /mnt rw - ext3 /dev/root rw',
    '36 35 98:0 / relative rw - ext3 /dev/root rw',
    '36 35 98:0 / /mnt rw - ext3 /dev/root rw more',
  ];
  assert.deepEqual(
    parseMountinfo([...torn, manualPageLine, ''].join('\n')).map((entry) => entry.id),
    [36],
  );
});

const word = fc.stringMatching(/^[a-z0-9_=.]{1,8}$/);
const path = fc.array(fc.string({ minLength: 1, maxLength: 8 })).map((parts) => `/${parts.join('/')}`);
const count = fc.nat();
const entries: fc.Arbitrary<MountEntry> = fc.record(
  {
    id: count,
    parentId: count,
    device: fc.tuple(count, count).map((numbers) => numbers.join(':')),
    root: path,
    mountPoint: path,
    options: fc.array(word, { minLength: 1 }),
    propagation: fc.record(
      { shared: count, master: count, propagateFrom: count, unbindable: fc.constant(true as const) },
      { requiredKeys: [], noNullPrototype: true },
    ),
    fsType: word,
    source: fc.string(),
    superOptions: fc.array(word, { minLength: 1 }),
  },
  { noNullPrototype: true },
);

test('every entry survives being printed and read', () => {
  fc.assert(
    fc.property(fc.array(entries), (table) => {
      const text = table.map((entry) => `${formatMountLine(entry)}\n`).join('');
      assert.deepEqual(parseMountinfo(text), table);
    }),
  );
});

test('no text makes the parser throw', () => {
  fc.assert(fc.property(fc.string(), (text) => Array.isArray(parseMountinfo(text))));
});

test("this machine's own table reads without loss", () => {
  const text = readFileSync('/proc/self/mountinfo', 'utf8');
  assert.equal(parseMountinfo(text).length, text.trimEnd().split('\n').length);
});

test('10,000 lines take a fraction of a second of the processor', () => {
  const pods = '/var/lib/kubelet/pods/0f7a/volumes/kubernetes.io~csi';
  const lines = Array.from(
    { length: 10_000 },
    (_, n) =>
      `${n} 27 0:41 / ${pods}/pvc-${n}/mount rw,relatime shared:${n} - lustre 10.0.0.4@tcp:/fs rw,flock`,
  );
  const before = process.cpuUsage();
  assert.equal(parseMountinfo(lines.join('\n')).length, 10_000);
  // Not the time that passes: other tests keep the machine busy.
  assert.ok(process.cpuUsage(before).user < 1_000_000);
});
