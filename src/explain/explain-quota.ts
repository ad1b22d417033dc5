import { formatBytes } from '../units/bytes.ts';
import { closestName } from '../units/closest-name.ts';
import { parseQuantity } from '../units/quantity.ts';
import { found } from './located.ts';
import type { Manifest } from './manifest.ts';
import { numberAt, quantityAt, recordAt, textAt, textMapAt } from './object-fields.ts';
import type { LocatedFinding, ObjectReport } from './report.ts';
import { statefulClaims } from './stateful-claims.ts';
import { namespaceOf, ofKind, type Workspace } from './workspace.ts';

type Part = Pick<ObjectReport, 'driver' | 'properties' | 'mounts' | 'findings'>;

const perClass = '.storageclass.storage.k8s.io/';

interface Demand {
  readonly className: string | undefined;
  readonly bytes: bigint;
  readonly count: bigint;
}

/** What a ResourceQuota leaves of the claims in these files: it counts what they ask for, not what they are rounded to. */
export function explainQuota(manifest: Manifest, workspace: Workspace): Part {
  const demands = demandsIn(namespaceOf(manifest), workspace);
  const properties: { name: string; value: string }[] = [];
  const findings: LocatedFinding[] = [];
  for (const [key, text] of Object.entries(textMapAt(manifest.value, 'spec', 'hard'))) {
    const at = key.indexOf(perClass);
    const className = at < 0 ? undefined : key.slice(0, at);
    const resource = at < 0 ? key : key.slice(at + perClass.length);
    if (resource !== 'persistentvolumeclaims' && resource !== 'requests.storage') continue;
    const limit = parseQuantity(text);
    const path = ['spec', 'hard', key];
    if (limit === undefined) {
      findings.push(found(manifest, 'error', path, `'${text}' is no quantity`));
      continue;
    }
    const counted = demands.filter((demand) => className === undefined || demand.className === className);
    const claims = resource === 'persistentvolumeclaims';
    const used = counted.reduce((sum, { bytes, count }) => sum + (claims ? count : bytes * count), 0n);
    const show = (amount: bigint) =>
      claims ? `${amount} ${amount === 1n ? 'claim' : 'claims'}` : formatBytes(amount);
    const whose = className === undefined ? 'all classes' : `class ${className}`;
    properties.push({
      name: `${resource} of ${whose}`,
      value: `${show(limit)}; these files ask for ${show(used)}`,
    });
    if (used > limit)
      findings.push(
        found(
          manifest,
          'error',
          path,
          `these files ask for ${show(used)} of ${whose} in namespace ${namespaceOf(manifest)}, the quota allows ${show(limit)}`,
          'the API server refuses what goes beyond ("exceeded quota"): raise the quota or ask for less',
        ),
      );
    const unknown = className === undefined ? undefined : misspeltClass(className, workspace);
    if (unknown !== undefined) findings.push(found(manifest, 'warning', path, ...unknown));
  }
  return { driver: undefined, properties, mounts: [], findings };
}

function misspeltClass(className: string, workspace: Workspace): [string, string] | undefined {
  const names = ofKind(workspace, 'StorageClass').map(({ name }) => name);
  if (names.includes(className)) return undefined;
  const meant = closestName(className, names);
  if (meant === undefined) return undefined;
  return [
    `the quota counts claims of class ${className}, which is not in these files`,
    `did you mean ${meant}?`,
  ];
}

function demandsIn(namespace: string, workspace: Workspace): readonly Demand[] {
  const demand = (spec: unknown, count: bigint): Demand => ({
    className: textAt(spec, 'storageClassName'),
    bytes: parseQuantity(quantityAt(spec, 'resources', 'requests', 'storage') ?? '') ?? 0n,
    count,
  });
  const here = (manifest: Manifest) => namespaceOf(manifest) === namespace;
  const claims = ofKind(workspace, 'PersistentVolumeClaim').filter(here);
  const sets = ofKind(workspace, 'StatefulSet').filter(here);
  return [
    ...claims.map(({ value }) => demand(recordAt(value, 'spec'), 1n)),
    ...sets.flatMap((set) =>
      statefulClaims(set).map(({ claim }) =>
        demand(claim.spec, BigInt(numberAt(set.value, 'spec', 'replicas') ?? 1)),
      ),
    ),
  ];
}
