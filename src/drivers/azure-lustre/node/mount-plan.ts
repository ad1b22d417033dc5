import { isIPv4 } from 'node:net';
import type { MountPlan, PublishRequest } from '../../../csi/driver.ts';
import { splitOptions } from '../../../mount/split-options.ts';
import type { Refusal } from '../../refusal.ts';
import { unsupportedCapability } from '../intent.ts';
import { resolveSubDir } from '../sub-dir.ts';
import { contextValue } from '../volume-context.ts';
import { lustreFsName, parseVolumeId, trimSlashes } from '../volume-id.ts';
import { noUniqueFsidOption, uniqueFsidOption } from './unique-fsid.ts';

export interface LustreMountPlan extends MountPlan {
  readonly mgsAddress: string;
  /** Relative, tokens filled in; empty for the file system's root. */
  readonly subDir: string;
  /** Whether `unique_fsid` among the options is Berth's own addition. */
  readonly addsUniqueFsid: boolean;
}

/** What the plan takes from the node that it is for; a plan that is only shown has none. */
export interface MountingNode {
  readonly uniqueFsid: boolean;
}

/** `<mgs>@tcp:/lustrefs[/sub/dir]`, as mount(8) takes it and /proc/self/mountinfo shows it. */
export function lustreSource(mgsAddress: string, subDir: string): string {
  return `${mgsAddress}@tcp:/${lustreFsName}${subDir === '' ? '' : `/${subDir}`}`;
}

/** What to mount, from the volume context alone: the handle only has to be unique. Keys compare without case. */
export function planMount(
  request: PublishRequest,
  node: MountingNode = { uniqueFsid: false },
): {
  readonly plan: LustreMountPlan;
  readonly refusals: readonly Refusal[];
} {
  const refusals: Refusal[] = [];
  const refuse = (field: string, message: string, fix?: string) =>
    refusals.push({ code: 'invalid-argument', field, message, ...(fix === undefined ? {} : { fix }) });
  const block = unsupportedCapability(request.capability);
  if (block !== undefined) refuse('volumeMode', block, 'leave volumeMode out or set Filesystem');
  if (Object.keys(request.volumeContext).length === 0)
    refuse('volumeAttributes', 'Volume context must be provided', 'set mgs-ip-address');
  const mgsAddress = contextValue(request.volumeContext, 'mgs-ip-address') ?? '';
  if (mgsAddress === '') refuse('volumeAttributes.mgs-ip-address', 'Context mgs-ip-address must be provided');
  else if (!isIPv4(mgsAddress))
    refuse(
      'volumeAttributes.mgs-ip-address',
      `Context mgs-ip-address must be an IPv4 address, was: '${mgsAddress}'`,
    );
  const subDir = planSubDir(request.volumeContext, refuse);
  const flags = request.capability.access.type === 'mount' ? request.capability.access.mountFlags : [];
  const source = lustreSource(mgsAddress, subDir);
  const own = mountOptions(flags, request.readonly);
  const addsUniqueFsid = node.uniqueFsid && wantsUniqueFsid(flags);
  const options = addsUniqueFsid ? [...own.options, uniqueFsidOption] : own.options;
  return {
    plan: { fsType: 'lustre', source, ...own, options, mgsAddress, subDir, addsUniqueFsid },
    refusals,
  };
}

/** Unless the volume says otherwise, or says it itself. */
function wantsUniqueFsid(flags: readonly string[]): boolean {
  const given = splitOptions(flags);
  return !given.includes(noUniqueFsidOption) && !given.includes(uniqueFsidOption);
}

function planSubDir(
  context: Readonly<Record<string, string>>,
  refuse: (field: string, message: string, fix?: string) => void,
): string {
  const template = contextValue(context, 'sub-dir');
  if (template === undefined) return '';
  const field = 'volumeAttributes.sub-dir';
  if (trimSlashes(template) === '') {
    refuse(field, 'Context sub-dir must not be empty or root if provided', 'leave it out for the root');
    return '';
  }
  const outcome = resolveSubDir(template, context);
  if (outcome.problem === undefined) return outcome.path;
  refuse(field, `Context ${outcome.problem}`, outcome.fix);
  return '';
}

/**
 * `ro` first and once, then the mount flags as given; nothing is added, and only `no_unique_fsid`, which no client knows,
 * is left out. Read-only wins over a stray `rw`.
 */
export function mountOptions(
  flags: readonly string[],
  readonly: boolean,
): Pick<MountPlan, 'options' | 'readonly'> {
  const given = splitOptions(flags).filter((flag) => flag !== noUniqueFsidOption);
  if (!readonly && !given.includes('ro')) return { options: given, readonly: false };
  return { options: ['ro', ...given.filter((flag) => flag !== 'ro' && flag !== 'rw')], readonly: true };
}

/** How the handle and the context disagree, for a warning: the context is what counts. */
export function handleMismatch(request: PublishRequest, plan: LustreMountPlan): string | undefined {
  const id = parseVolumeId(request.volumeId);
  if (id === undefined || !isIPv4(id.mgsAddress) || id.mgsAddress === plan.mgsAddress) return undefined;
  return `volume ID says ${id.mgsAddress}, volume context says ${plan.mgsAddress}`;
}
