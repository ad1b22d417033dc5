import type { PublishRequest } from '../csi/driver.ts';
import type { Explanation } from '../drivers/driver-module.ts';
import { parseQuantity } from '../units/quantity.ts';
import { capabilitiesFor } from './claim-request.ts';
import { describeMounts, describeReclaim } from './describe.ts';
import { foreignDriver } from './explain-class.ts';
import { found, locate } from './located.ts';
import type { Manifest } from './manifest.ts';
import { quantityAt, recordAt, textAt, textMapAt, textsAt } from './object-fields.ts';
import type { LocatedFinding, ObjectReport } from './report.ts';
import { driverOf, ofKind, type Workspace } from './workspace.ts';

type Part = Pick<ObjectReport, 'driver' | 'properties' | 'mounts' | 'findings'>;

/** The pod a volume is explained for: drivers may use its name in paths. */
export interface PodInfo {
  readonly name: string;
  readonly namespace: string;
  readonly serviceAccount: string;
}

/** What a hand-written PersistentVolume gives to a pod. */
export function explainVolume(manifest: Manifest, workspace: Workspace): Part {
  const findings = checkVolume(manifest, workspace);
  const name = textAt(manifest.value, 'spec', 'csi', 'driver');
  if (name === undefined) {
    if (Object.keys(recordAt(manifest.value, 'spec', 'csi')).length > 0)
      findings.push(
        found(manifest, 'error', ['spec', 'csi', 'driver'], 'a CSI volume has to name its driver'),
      );
    return { driver: undefined, properties: [], mounts: [], findings };
  }
  const explained = explainVolumeSource(manifest, workspace, undefined);
  if (explained === undefined) {
    findings.push(foreignDriver(manifest, ['spec', 'csi', 'driver'], name, workspace));
    return { driver: undefined, properties: [], mounts: [], findings };
  }
  const { explanation, driver } = explained;
  const policy = textAt(manifest.value, 'spec', 'persistentVolumeReclaimPolicy') ?? 'Retain';
  return {
    driver,
    properties: [
      ...explanation.properties,
      ...describeMounts(explanation),
      ...describeReclaim(policy, explanation),
    ],
    mounts: [],
    findings: [...findings, ...explanation.findings.map((f) => locate(manifest, f, baseOf(f.field)))],
  };
}

/** The driver's words on a PersistentVolume, for one pod or for none in particular. */
export function explainVolumeSource(
  manifest: Manifest,
  workspace: Workspace,
  pod: PodInfo | undefined,
): { readonly driver: string; readonly explanation: Explanation } | undefined {
  const driver = driverOf(workspace, textAt(manifest.value, 'spec', 'csi', 'driver'));
  if (driver === undefined) return undefined;
  return { driver: driver.name, explanation: driver.explain.mount(publishRequestOf(manifest, pod)) };
}

/** The NodePublishVolume request that kubelet would send. */
function publishRequestOf(manifest: Manifest, pod: PodInfo | undefined): PublishRequest {
  const spec = recordAt(manifest.value, 'spec');
  const csi = recordAt(spec, 'csi');
  const mountFlags = textsAt(spec, 'mountOptions');
  const [capability] = capabilitiesFor(textsAt(spec, 'accessModes'), textAt(spec, 'volumeMode') === 'Block', {
    fsType: textAt(csi, 'fsType') ?? '',
    mountFlags,
  });
  const info = pod ?? { name: 'POD', namespace: 'NAMESPACE', serviceAccount: 'SERVICE-ACCOUNT' };
  return {
    volumeId: textAt(csi, 'volumeHandle') ?? '',
    targetPath: '/var/lib/kubelet/pods/UID/volumes/kubernetes.io~csi/VOLUME/mount',
    stagingTargetPath: '',
    capability: capability ?? { access: { type: 'block' }, mode: 'MULTI_NODE_MULTI_WRITER' },
    readonly: csi.readOnly === true,
    volumeContext: {
      ...textMapAt(csi, 'volumeAttributes'),
      'csi.storage.k8s.io/pod.name': info.name,
      'csi.storage.k8s.io/pod.namespace': info.namespace,
      'csi.storage.k8s.io/pod.uid': 'UID',
      'csi.storage.k8s.io/serviceAccount.name': info.serviceAccount,
    },
    publishContext: {},
    secrets: {},
  };
}

const baseOf = (field: string) => (/^volume(Attributes|Handle)/.test(field) ? ['spec', 'csi'] : ['spec']);

function checkVolume(manifest: Manifest, workspace: Workspace): LocatedFinding[] {
  const findings: LocatedFinding[] = [];
  const error = (path: readonly string[], message: string, fix?: string) =>
    findings.push(found(manifest, 'error', path, message, fix));
  const storage = quantityAt(manifest.value, 'spec', 'capacity', 'storage');
  if (storage === undefined || parseQuantity(storage) === undefined)
    error(
      ['spec', 'capacity', 'storage'],
      'a PersistentVolume has to say its capacity',
      'e.g. storage: 48Ti',
    );
  if (textsAt(manifest.value, 'spec', 'accessModes').length === 0)
    error(['spec', 'accessModes'], 'at least 1 access mode is required', 'e.g. [ReadWriteMany]');
  const csi = recordAt(manifest.value, 'spec', 'csi');
  const handle = textAt(csi, 'volumeHandle');
  if (Object.keys(csi).length > 0 && (handle === undefined || handle === ''))
    error(
      ['spec', 'csi', 'volumeHandle'],
      'a CSI volume needs a volumeHandle',
      'any name that no other volume has',
    );
  const twin = ofKind(workspace, 'PersistentVolume').find(
    (other) =>
      other !== manifest &&
      handle !== undefined &&
      textAt(other.value, 'spec', 'csi', 'volumeHandle') === handle &&
      textAt(other.value, 'spec', 'csi', 'driver') === textAt(csi, 'driver'),
  );
  if (twin !== undefined)
    error(
      ['spec', 'csi', 'volumeHandle'],
      `PersistentVolume ${twin.name} has the same volumeHandle`,
      'give each its own: kubelet takes volumes with one handle for one volume, and pods with both never start',
    );
  return findings;
}
