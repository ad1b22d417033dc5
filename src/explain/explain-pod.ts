import { closestName } from '../units/closest-name.ts';
import type { Claim } from './claim-request.ts';
import { volumeOf } from './claim-volume.ts';
import { claimOf, explainClaim } from './explain-claim.ts';
import { explainVolumeSource, type PodInfo } from './explain-volume.ts';
import { found } from './located.ts';
import type { Manifest, Path } from './manifest.ts';
import { listAt, recordAt, textAt } from './object-fields.ts';
import type { LocatedFinding, MountReport, ObjectReport } from './report.ts';
import { namespaceOf, ofKind, type Workspace } from './workspace.ts';

type Part = Pick<ObjectReport, 'driver' | 'properties' | 'mounts' | 'findings'>;

/** Where each kind keeps the spec of its pods. */
export const podSpecPaths: Readonly<Record<string, readonly string[]>> = {
  Pod: ['spec'],
  Deployment: ['spec', 'template', 'spec'],
  ReplicaSet: ['spec', 'template', 'spec'],
  StatefulSet: ['spec', 'template', 'spec'],
  DaemonSet: ['spec', 'template', 'spec'],
  Job: ['spec', 'template', 'spec'],
  CronJob: ['spec', 'jobTemplate', 'spec', 'template', 'spec'],
};

interface Source {
  readonly claim: string;
  readonly source: string | undefined;
  readonly options: readonly string[];
  readonly driver: string | undefined;
}

/** What a pod, or every pod of a workload, would mount where. `templates` are the claims a StatefulSet brings. */
export async function explainPod(
  manifest: Manifest,
  specPath: readonly string[],
  templates: ReadonlyMap<string, Claim>,
  workspace: Workspace,
): Promise<Part> {
  const spec = recordAt(manifest.value, ...specPath);
  const findings: LocatedFinding[] = [];
  const sources = new Map<string, Source>();
  for (const [name, claim] of templates)
    sources.set(name, await sourceOf(claim, false, manifest, spec, workspace));
  for (const [index, volume] of listAt(spec, 'volumes').entries()) {
    const name = textAt(volume, 'name') ?? '';
    const claimName = textAt(volume, 'persistentVolumeClaim', 'claimName');
    if (claimName === undefined) continue;
    const path = [...specPath, 'volumes', index, 'persistentVolumeClaim', 'claimName'];
    const claim = findClaim(claimName, manifest, workspace);
    if (claim === undefined) findings.push(missingClaim(claimName, manifest, path, workspace));
    const readOnly = recordAt(volume, 'persistentVolumeClaim').readOnly === true;
    sources.set(
      name,
      claim === undefined
        ? { claim: claimName, source: undefined, options: [], driver: undefined }
        : await sourceOf(claimOf(claim), readOnly, manifest, spec, workspace),
    );
  }
  findings.push(...checkMounts(manifest, specPath, spec, sources));
  const drivers = new Set([...sources.values()].flatMap(({ driver }) => driver ?? []));
  return {
    driver: drivers.size === 1 ? [...drivers][0] : undefined,
    properties: [],
    mounts: mountsOf(spec, sources),
    findings,
  };
}

async function sourceOf(
  claim: Claim,
  readOnly: boolean,
  manifest: Manifest,
  spec: unknown,
  workspace: Workspace,
): Promise<Source> {
  const volume = volumeOf(claim, workspace);
  const pod: PodInfo = {
    name: manifest.kind === 'Pod' ? manifest.name : `${manifest.name}-POD`,
    namespace: namespaceOf(manifest),
    serviceAccount: textAt(spec, 'serviceAccountName') ?? 'default',
  };
  const explained =
    volume.from === 'volume'
      ? explainVolumeSource(volume.volume, workspace, pod)
      : await explainClaim(claim, manifest, [], workspace);
  const mounts =
    explained && ('explanation' in explained ? explained.explanation.mounts : explained.mountable);
  const options = mounts?.options ?? [];
  return {
    claim: claim.name,
    source: mounts?.source,
    options: readOnly && !options.includes('ro') ? ['ro', ...options] : options,
    driver: explained?.driver,
  };
}

function findClaim(name: string, manifest: Manifest, workspace: Workspace): Manifest | undefined {
  return ofKind(workspace, 'PersistentVolumeClaim').find(
    (claim) => claim.name === name && namespaceOf(claim) === namespaceOf(manifest),
  );
}

/** A claim that is not in the files is usual when files are applied one by one, and suspicious beside a like one. */
function missingClaim(name: string, manifest: Manifest, path: Path, workspace: Workspace): LocatedFinding {
  const claims = ofKind(workspace, 'PersistentVolumeClaim');
  const message = `the claim ${name} is not in these files`;
  const elsewhere = claims.find((claim) => claim.name === name);
  if (elsewhere !== undefined)
    return found(
      manifest,
      'warning',
      path,
      `the claim ${name} is in namespace ${namespaceOf(elsewhere)}, the pod in ${namespaceOf(manifest)}`,
      'a pod uses claims of its own namespace only',
    );
  const here = claims.filter((claim) => namespaceOf(claim) === namespaceOf(manifest));
  const meant = closestName(
    name,
    here.map((claim) => claim.name),
  );
  return meant === undefined
    ? found(manifest, 'note', path, message, 'the pod waits until it is in the cluster and bound')
    : found(manifest, 'warning', path, message, `did you mean ${meant}?`);
}

function containersOf(spec: unknown): readonly unknown[] {
  return [...listAt(spec, 'initContainers'), ...listAt(spec, 'containers')];
}

function mountsOf(spec: unknown, sources: ReadonlyMap<string, Source>): readonly MountReport[] {
  return containersOf(spec).flatMap((container) =>
    listAt(container, 'volumeMounts').flatMap((mount) => {
      const source = sources.get(textAt(mount, 'name') ?? '');
      if (source === undefined) return [];
      const subPath = textAt(mount, 'subPath');
      return {
        container: textAt(container, 'name') ?? '',
        path: textAt(mount, 'mountPath') ?? '',
        claim: source.claim,
        source:
          subPath === undefined || source.source === undefined
            ? source.source
            : `${source.source}/${subPath}`,
        options: source.options,
      };
    }),
  );
}

function checkMounts(
  manifest: Manifest,
  specPath: readonly string[],
  spec: unknown,
  sources: ReadonlyMap<string, Source>,
): readonly LocatedFinding[] {
  const declared = listAt(spec, 'volumes').flatMap((volume) => textAt(volume, 'name') ?? []);
  const used = new Set<string>();
  const findings: LocatedFinding[] = [];
  for (const field of ['initContainers', 'containers'])
    for (const [c, container] of listAt(spec, field).entries())
      for (const [m, mount] of listAt(container, 'volumeMounts').entries()) {
        const name = textAt(mount, 'name') ?? '';
        used.add(name);
        if (declared.includes(name) || sources.has(name)) continue;
        const meant = closestName(name, [...declared, ...sources.keys()]);
        const path = [...specPath, field, c, 'volumeMounts', m, 'name'];
        const fix = meant === undefined ? 'add it to volumes' : `did you mean ${meant}?`;
        findings.push(found(manifest, 'error', path, `the pod has no volume ${name}`, fix));
      }
  for (const name of sources.keys())
    if (!used.has(name))
      findings.push(
        found(manifest, 'warning', [...specPath, 'volumes'], `no container mounts the volume ${name}`),
      );
  return findings;
}
