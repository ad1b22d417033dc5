import { closestName } from '../units/closest-name.ts';
import { createRequestOf } from './claim-request.ts';
import { describeMounts, describeReclaim } from './describe.ts';
import { found, locate } from './located.ts';
import type { Manifest } from './manifest.ts';
import { textAt } from './object-fields.ts';
import type { LocatedFinding, ObjectReport } from './report.ts';
import { driverOf, type Workspace } from './workspace.ts';

type Part = Pick<ObjectReport, 'driver' | 'properties' | 'mounts' | 'findings'>;

/** What a StorageClass does to every claim that names it. */
export async function explainClass(manifest: Manifest, workspace: Workspace): Promise<Part> {
  const provisioner = textAt(manifest.value, 'provisioner');
  const driver = driverOf(workspace, provisioner);
  const findings = checkPolicies(manifest);
  if (provisioner === undefined) {
    findings.push(found(manifest, 'error', ['provisioner'], 'a StorageClass needs a provisioner'));
    return { driver: undefined, properties: [], mounts: [], findings };
  }
  if (driver === undefined) {
    findings.push(foreignDriver(manifest, ['provisioner'], provisioner, workspace));
    return { driver: undefined, properties: [], mounts: [], findings };
  }
  const explained = await driver.explain.volume(createRequestOf(manifest, undefined), workspace.options);
  // What depends on a claim (size, access) is told at the claims.
  const ofClass = explained.findings.filter(({ field }) => field.startsWith('parameters'));
  return {
    driver: driver.name,
    properties: [
      ...explained.properties.filter(({ name }) => name !== 'creates'),
      ...describeMounts(explained),
      { name: 'binding', value: textAt(manifest.value, 'volumeBindingMode') ?? 'Immediate' },
      ...describeReclaim(textAt(manifest.value, 'reclaimPolicy') ?? 'Delete', explained),
    ],
    mounts: [],
    findings: [...findings, ...ofClass.map((finding) => locate(manifest, finding))],
  };
}

/** Drivers of others whose names are a letter or two away from one of ours. */
const neighbours: ReadonlySet<string> = new Set([
  'blob.csi.azure.com',
  'disk.csi.azure.com',
  'ebs.csi.aws.com',
  'file.csi.azure.com',
  'fsx.csi.aws.com',
  's3.csi.aws.com',
  'fsx.openzfs.csi.aws.com',
]);

/** A driver that is none of ours, perhaps by a slip of the keyboard. */
export function foreignDriver(
  manifest: Manifest,
  path: readonly string[],
  name: string,
  { driverNames }: Workspace,
): LocatedFinding {
  const meant = neighbours.has(name) ? undefined : closestName(name, driverNames);
  if (meant === undefined)
    return found(manifest, 'note', path, `${name} is none of Berth's drivers; nothing is said about it`);
  return found(manifest, 'error', path, `there is no driver ${name}`, `did you mean ${meant}?`);
}

function checkPolicies(manifest: Manifest): LocatedFinding[] {
  const allowed = {
    reclaimPolicy: ['Delete', 'Retain'],
    volumeBindingMode: ['Immediate', 'WaitForFirstConsumer'],
  };
  return Object.entries(allowed).flatMap(([field, values]) => {
    const value = textAt(manifest.value, field);
    if (value === undefined || values.includes(value)) return [];
    return found(manifest, 'error', [field], `Unsupported value: "${value}"`, `one of ${values.join(', ')}`);
  });
}
