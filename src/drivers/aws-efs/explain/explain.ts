import type { CreateRequest, MountPlan, PublishRequest } from '../../../csi/driver.ts';
import type { ExplainOptions, Explanation, Finding } from '../../driver-module.ts';
import { refusalToFinding } from '../../refusal.ts';
import { type Intent, readIntent } from '../intent.ts';
import { planMount } from '../node/mount-plan.ts';
import { parseVolumeId } from '../volume-id.ts';
import { adviseClass } from './explain-advice.ts';
import { checkFileSystems } from './explain-live.ts';

/** What a claim of a class with these parameters leads to. */
export async function explainVolume(request: CreateRequest, options: ExplainOptions): Promise<Explanation> {
  const { intent, refusals } = readIntent(request, { hasTags: false });
  const live = await checkFileSystems(intent, options);
  const flags = request.capabilities.flatMap(({ access }) =>
    access.type === 'mount' ? access.mountFlags : [],
  );
  const { plan, findings } = mountOf(sourceOf(intent), flags);
  return {
    properties: [...describe(intent), ...live.properties],
    findings: [
      ...refusals.map(refusalToFinding),
      ...adviseClass(intent, request.parameters),
      ...findings,
      ...live.findings,
    ],
    ...(plan !== undefined && { mounts: { source: plan.source, options: plan.options } }),
    reclaim: reclaimOf(intent),
  };
}

/** What the node would do for a hand-written PersistentVolume. */
export function explainMount(
  request: PublishRequest,
): Explanation & { readonly plan: MountPlan | undefined } {
  const { plan, refusals } = planMount(request, 'tunnel');
  const { id } = parseVolumeId(request.volumeId);
  const accessPoint = plan?.accessPointId;
  return {
    properties: [
      { name: 'file system', value: id?.fileSystemId ?? 'unknown' },
      ...(accessPoint ? [{ name: 'access point', value: accessPoint }] : []),
      ...(id?.subPath ? [{ name: 'sub-directory', value: `${id.subPath} (has to exist)` }] : []),
      {
        name: 'encryption',
        value: plan?.encrypted ? 'TLS, through the tunnel of the node' : 'none on the way',
      },
      { name: 'size', value: "the file system's own; what the volume says is not enforced" },
    ],
    findings: refusals.map(refusalToFinding),
    ...(plan !== undefined && { mounts: { source: plan.source, options: plan.options } }),
    reclaim: {
      delete: accessPoint
        ? `access point ${accessPoint} is deleted if its tags or token prove that a driver made it for a volume`
        : 'nothing in AWS is deleted; a directory goes only where Berth recorded that it made it',
      retain: 'nothing in AWS is deleted; the volume object stays until it is deleted by hand',
    },
    plan: refusals.length === 0 ? plan : undefined,
  };
}

function describe(intent: Intent): Explanation['properties'] {
  const { fileSystems, directory, permissions, ids } = intent;
  const where =
    fileSystems.kind === 'ids'
      ? fileSystems.ids.join(', then ')
      : `named by ${fileSystems.kind} ${fileSystems.namespace}/${fileSystems.name}, key ${fileSystems.key}`;
  const allocated = `allocated from ${ids.range.start} to ${ids.range.end}, one for each volume`;
  const made =
    intent.mode === 'efs-ap'
      ? 'an access point of its own, with one call of AWS'
      : 'a directory of its own, made by berth directories; no access point';
  return [
    { name: 'creates', value: made },
    { name: 'file system', value: where || 'none' },
    { name: 'directory', value: `${directory.path} (mode ${permissions})` },
    ...(intent.mode === 'efs-dir'
      ? [{ name: 'owner', value: `${ids.uid ?? 0}:${ids.gid ?? 0}` }]
      : [
          { name: 'user', value: ids.uid === undefined ? 'as the group' : String(ids.uid) },
          { name: 'group', value: ids.gid === undefined ? allocated : String(ids.gid) },
        ]),
    { name: 'encryption', value: 'TLS, through the tunnel of the node' },
    {
      name: 'size',
      value: 'what the claim asks for is not enforced; EFS grows and is billed by what it holds',
    },
  ];
}

/** As a volume of the class would be mounted; ids of things not made yet are zeros. */
function sourceOf({ mode, fileSystems, directory }: Intent): string {
  const fileSystem = fileSystems.kind === 'ids' ? fileSystems.ids[0] : undefined;
  const id = `efs:${fileSystem ?? 'fs-00000000'}`;
  return mode === 'efs-ap' ? `${id}::fsap-00000000000000000` : `${id}:${directory.path}`;
}

function mountOf(volumeId: string, mountFlags: readonly string[]) {
  const { plan, refusals } = planMount(
    {
      volumeId,
      targetPath: '/mount',
      stagingTargetPath: '',
      capability: { access: { type: 'mount', fsType: '', mountFlags }, mode: 'MULTI_NODE_MULTI_WRITER' },
      readonly: false,
      volumeContext: {},
      publishContext: {},
      secrets: {},
    },
    'tunnel',
  );
  const findings: readonly Finding[] = refusals
    .filter(({ field }) => field === 'mountOptions')
    .map(refusalToFinding);
  return { plan, findings };
}

function reclaimOf({ mode, onDelete = 'retain', directory }: Intent): NonNullable<Explanation['reclaim']> {
  if (mode === 'efs-ap')
    return {
      delete:
        'the access point is deleted; the data stays in its directory unless the controller runs with --delete-access-point-root-dir',
      retain: 'access point and data stay until they are deleted by hand',
    };
  const path = directory.path;
  const ends = {
    delete: `${path} and all data in it are deleted with the claim`,
    archive: `${path} is renamed, the data stays`,
    retain: `${path} and the data stay`,
  };
  return { delete: ends[onDelete], retain: `${path} and the data stay` };
}
