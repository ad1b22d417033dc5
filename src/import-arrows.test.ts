import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { test } from 'node:test';

const src = import.meta.dirname;

/** Lowest first; a file may import from its own layer's folder and from every layer below. */
const layers: readonly (readonly string[])[] = [
  ['units', 'async', 'telemetry', 'version.ts'],
  ['csi', 'kube'],
  ['cloud', 'mount', 'kubelet'],
  ['directories'],
  ['drivers'],
  ['explain', 'provisioner'],
  ['operator', 'virtual-node', 'webhook', 'edge', 'console', 'sandbox'],
  ['cli'],
];

const layerOf = (folder: string) => layers.findIndex((layer) => layer.includes(folder));

interface Import {
  readonly from: string;
  readonly to: string;
}

const imports: readonly Import[] = globSync('**/*.ts', { cwd: src }).flatMap((from) => {
  const text = readFileSync(join(src, from), 'utf8');
  return [...text.matchAll(/(?:from|import)\s*\(?\s*'(\.{1,2}\/[^']+)'/g)].map((match) => ({
    from,
    to: relative(src, resolve(dirname(join(src, from)), match[1] ?? '')),
  }));
});

const top = (path: string) => path.split('/')[0] ?? '';
const offenders = (breaks: (edge: Import) => boolean) =>
  imports.filter(breaks).map(({ from, to }) => `${from} imports ${to}`);

test('every folder of src has its place in the layers', () => {
  const folders = new Set(globSync('**/*.ts', { cwd: src }).map(top));
  folders.delete('import-arrows.test.ts');
  assert.deepEqual(
    [...folders].filter((folder) => layerOf(folder) < 0),
    [],
  );
});

test('imports point down the layers only', () => {
  const upward = offenders(({ from, to }) => {
    const [a, b] = [top(from), top(to)];
    if (a === b || b === 'version.ts') return false;
    // Folders side by side in a layer do not know each other, except that the lowest layer is one room.
    return layerOf(b) > layerOf(a) || (layerOf(a) === layerOf(b) && layerOf(a) > 0);
  });
  assert.deepEqual(upward, []);
});

test('a driver imports neither another driver nor the cluster', () => {
  const driverOf = (path: string) => /^drivers\/([^/]+)\//.exec(path)?.[1];
  assert.deepEqual(
    offenders(({ from, to }) => {
      const driver = driverOf(from);
      return driver !== undefined && (top(to) === 'kube' || (driverOf(to) ?? driver) !== driver);
    }),
    [],
  );
});

test('the simulated clouds import nothing of the real cloud clients', () => {
  assert.deepEqual(
    offenders(({ from, to }) => from.startsWith('sandbox/clouds/') && to.startsWith('cloud/')),
    [],
  );
});

test('no product code imports the sandbox', () => {
  assert.deepEqual(
    offenders(({ from, to }) => top(to) === 'sandbox' && !['sandbox', 'cli'].includes(top(from))),
    [],
  );
});
