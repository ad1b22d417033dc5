import type { Explanation } from '../drivers/driver-module.ts';
import { closestName } from '../units/closest-name.ts';
import { parseQuantity } from '../units/quantity.ts';
import { type Claim, createRequestOf, knownAccessModes } from './claim-request.ts';
import { volumeOf } from './claim-volume.ts';
import { describeMounts, describeReclaim } from './describe.ts';
import { explainVolumeSource } from './explain-volume.ts';
import { found, locate } from './located.ts';
import type { Manifest, Path } from './manifest.ts';
import { quantityAt, recordAt, textAt, textsAt } from './object-fields.ts';
import type { LocatedFinding, ObjectReport } from './report.ts';
import { driverOf, namespaceOf, ofKind, type Workspace } from './workspace.ts';

type Part = Pick<ObjectReport, 'driver' | 'properties' | 'mounts' | 'findings'> & {
  /** What a pod would mount, where that is known. */
  readonly mountable?: Explanation['mounts'];
};

export function claimOf(manifest: Manifest): Claim {
  return {
    namespace: namespaceOf(manifest),
    name: manifest.name,
    uid: textAt(manifest.value, 'metadata', 'uid'),
    spec: recordAt(manifest.value, 'spec'),
  };
}

/** What a claim gets. `specPath` is where in the manifest its spec is: StatefulSets carry claims as templates. */
export async function explainClaim(
  claim: Claim,
  manifest: Manifest,
  specPath: Path,
  workspace: Workspace,
): Promise<Part> {
  const findings = checkClaim(claim, manifest, specPath);
  const empty = { driver: undefined, properties: [], mounts: [] };
  const volume = volumeOf(claim, workspace);
  const field = (name: string) => [...specPath, name];
  switch (volume.from) {
    case 'class':
      return explainFromClass(claim, volume.storageClass, manifest, specPath, findings, workspace);
    case 'volume': {
      const explained = explainVolumeSource(volume.volume, workspace, undefined);
      return {
        driver: explained?.driver,
        properties: [{ name: 'binds to', value: `PersistentVolume ${volume.volume.name}` }],
        mounts: [],
        findings,
        ...(explained?.explanation.mounts === undefined ? {} : { mountable: explained.explanation.mounts }),
      };
    }
    case 'missing-class': {
      const names = ofKind(workspace, 'StorageClass').map(({ name }) => name);
      const meant = closestName(volume.name, names);
      const message = `the StorageClass ${volume.name} is not in these files`;
      const path = field('storageClassName');
      const finding =
        meant === undefined
          ? found(
              manifest,
              'note',
              path,
              message,
              'it has to be in the cluster; add its file to explain the claim',
            )
          : found(manifest, 'warning', path, message, `did you mean ${meant}?`);
      return { ...empty, findings: [...findings, finding] };
    }
    case 'missing-volume': {
      const message = `the PersistentVolume ${volume.name} is not in these files`;
      const finding = found(manifest, 'note', field('volumeName'), message, 'it has to be in the cluster');
      return { ...empty, findings: [...findings, finding] };
    }
    case 'default-class': {
      const message = "without storageClassName the cluster's default class decides";
      const finding = found(
        manifest,
        'note',
        specPath,
        message,
        'name the class, to be sure which one it is',
      );
      return { ...empty, findings: [...findings, finding] };
    }
    case 'no-match': {
      const message = 'storageClassName "" asks for a volume that exists, and none in these files fits';
      const fix = 'add a PersistentVolume whose class, size and access modes fit';
      return {
        ...empty,
        findings: [...findings, found(manifest, 'note', field('storageClassName'), message, fix)],
      };
    }
  }
}

async function explainFromClass(
  claim: Claim,
  storageClass: Manifest,
  manifest: Manifest,
  specPath: Path,
  findings: readonly LocatedFinding[],
  workspace: Workspace,
): Promise<Part> {
  const driver = driverOf(workspace, textAt(storageClass.value, 'provisioner'));
  const from = { name: 'class', value: storageClass.name };
  if (driver === undefined) return { driver: undefined, properties: [from], mounts: [], findings };
  const explained = await driver.explain.volume(createRequestOf(storageClass, claim), workspace.options);
  const ofClaim = explained.findings.filter(({ field }) => !field.startsWith('parameters'));
  const refused = explained.findings.some(({ severity }) => severity === 'error');
  return {
    driver: driver.name,
    properties: [
      from,
      ...explained.properties,
      ...describeMounts(explained),
      ...describeReclaim(textAt(storageClass.value, 'reclaimPolicy') ?? 'Delete', explained),
      ...(refused
        ? [{ name: 'outcome', value: 'stays Pending: nothing is created while errors stand' }]
        : []),
    ],
    mounts: [],
    findings: [...findings, ...ofClaim.map((finding) => locate(manifest, finding, specPath))],
    ...(explained.mounts === undefined ? {} : { mountable: explained.mounts }),
  };
}

/** What the API server or the provisioner would refuse whatever the driver. */
function checkClaim(claim: Claim, manifest: Manifest, specPath: Path): LocatedFinding[] {
  const findings: LocatedFinding[] = [];
  const error = (path: Path, message: string, fix?: string) =>
    findings.push(found(manifest, 'error', [...specPath, ...path], message, fix));
  const modes = textsAt(claim.spec, 'accessModes');
  if (modes.length === 0)
    error(['accessModes'], 'at least 1 access mode is required', 'e.g. [ReadWriteMany]');
  for (const mode of modes)
    if (!knownAccessModes.includes(mode))
      error(['accessModes'], `Unsupported value: "${mode}"`, `one of ${knownAccessModes.join(', ')}`);
  const storage = quantityAt(claim.spec, 'resources', 'requests', 'storage');
  const path = ['resources', 'requests', 'storage'];
  if (storage === undefined)
    error(path, 'a claim has to say how much storage it requests', 'e.g. storage: 48Ti');
  else if ((parseQuantity(storage) ?? 0n) <= 0n)
    error(path, `'${storage}' is no quantity above zero`, 'e.g. 48Ti (48 tebibytes)');
  if (Object.keys(recordAt(claim.spec, 'selector')).length > 0 && textAt(claim.spec, 'storageClassName'))
    error(
      ['selector'],
      'claim Selector is not supported',
      'remove it: a class makes a new volume for the claim',
    );
  return findings;
}
