import type { CreateRequest, MountPlan, PublishRequest } from '../../../csi/driver.ts';
import { CsiError } from '../../../csi/errors.ts';
import type { ExplainOptions, Explanation, Finding } from '../../driver-module.ts';
import { refusalToFinding } from '../../refusal.ts';
import { explainDirectory } from '../directory/directory-explain.ts';
import { wantsDirectory } from '../directory/directory-parameters.ts';
import { readIntent, type StaticIntent } from '../intent.ts';
import { handleMismatch, lustreSource, mountOptions, planMount } from '../node/mount-plan.ts';
import { directoryKeys, parameterKeys, readParameterKeys } from '../parameters/parameter-keys.ts';
import { lustreFsName, parseVolumeId } from '../volume-id.ts';
import { explainDynamic } from './explain-dynamic.ts';

const staticReclaim = {
  delete: 'nothing in Azure is deleted: Berth did not make the file system',
  retain: 'nothing in Azure is deleted; the volume object stays until it is deleted by hand',
};

/** What a claim of a class with these parameters leads to. */
export async function explainVolume(request: CreateRequest, options: ExplainOptions): Promise<Explanation> {
  if (wantsDirectory(readParameterKeys(request.parameters))) return explainDirectory(request, options);
  const { intent, refusals } = readIntent(request);
  const findings = [...refusals.map(refusalToFinding), ...adviseParameters(request)];
  if (intent.kind === 'static')
    return { ...explainStatic(intent, request), findings: [...findings, ...ignored(request)] };
  try {
    const explained = await explainDynamic(intent, request, options);
    return { ...explained, findings: [...findings, ...explained.findings] };
  } catch (error) {
    if (!(error instanceof CsiError)) throw error;
    const unasked: Finding = {
      severity: 'error',
      field: 'parameters',
      message: error.message,
      fix: undefined,
    };
    return { properties: [], findings: [...findings, unasked] };
  }
}

/** What the node would do for a hand-written PersistentVolume. */
export function explainMount(
  request: PublishRequest,
): Explanation & { readonly plan: MountPlan | undefined } {
  const { plan, refusals } = planMount(request);
  const findings = refusals.map(refusalToFinding);
  const mismatch = handleMismatch(request, plan);
  if (mismatch !== undefined)
    findings.push({
      severity: 'warning',
      field: 'volumeHandle',
      message: `${mismatch}; the context counts`,
      fix: 'make both name one address',
    });
  const id = parseVolumeId(request.volumeId);
  const dynamic = id?.dynamic === true;
  const owned = `AMLFS cluster ${id?.name} in resource group ${id?.resourceGroup || '(missing)'}`;
  return {
    properties: [
      {
        name: 'file system',
        value: dynamic ? `${owned}, made by a driver` : 'exists already; never deleted',
      },
      { name: 'MGS address', value: plan.mgsAddress },
      ...(plan.subDir === '' ? [] : [{ name: 'sub-directory', value: describeSubDir(plan) }]),
    ],
    findings,
    mounts: { source: plan.source, options: plan.options },
    reclaim: dynamic
      ? {
          delete: `${owned} and its data are deleted if its tags prove that Berth made it`,
          retain: `${owned} stays, to be deleted by hand`,
        }
      : staticReclaim,
    plan: refusals.length === 0 ? plan : undefined,
  };
}

function describeSubDir({
  subDir,
  readonly,
}: {
  readonly subDir: string;
  readonly readonly: boolean;
}): string {
  return readonly
    ? `${subDir} (has to exist: a read-only mount does not make it)`
    : `${subDir} (made when missing)`;
}

function explainStatic(intent: StaticIntent, request: CreateRequest): Omit<Explanation, 'findings'> {
  const flags = request.capabilities.flatMap(({ access }) =>
    access.type === 'mount' ? access.mountFlags : [],
  );
  const options = mountOptions(flags, false);
  return {
    properties: [
      {
        name: 'creates',
        value: 'nothing in Azure: every claim is another name for a file system that exists',
      },
      { name: 'MGS address', value: intent.mgsAddress },
      {
        name: 'sub-directory',
        value: intent.subDir === '' ? 'none: the root' : describeSubDir({ ...intent, ...options }),
      },
      { name: 'size', value: "the file system's own; what the claim asks for is not enforced" },
    ],
    mounts: { source: lustreSource(intent.mgsAddress, intent.subDir), options: options.options },
    reclaim: staticReclaim,
  };
}

/** Spellings and values that work but are not what they look like. */
function adviseParameters(request: CreateRequest): readonly Finding[] {
  const { values, spelling } = readParameterKeys(request.parameters);
  const findings: Finding[] = [];
  const fsName = values.get('fs-name');
  if (fsName !== undefined && fsName !== lustreFsName)
    findings.push({
      severity: 'note',
      field: `parameters.${spelling.get('fs-name')}`,
      message: `'${fsName}' is not used: inside Azure Managed Lustre the file system is always called ${lustreFsName}`,
      fix: undefined,
    });
  for (const [key, typed] of spelling)
    if (typed.toLowerCase() !== key)
      findings.push({
        severity: 'note',
        field: `parameters.${typed}`,
        message: `taken as ${key}; the upstream driver ${typed.toLowerCase() === 'zones' ? 'takes it too' : 'refuses this spelling'}`,
        fix: undefined,
      });
  return findings;
}

function ignored(request: CreateRequest): readonly Finding[] {
  const { values, spelling } = readParameterKeys(request.parameters);
  // Those of a directory per claim are refused, which says more.
  const used: readonly string[] = [
    'mgs-ip-address',
    'sub-dir',
    'fs-name',
    'provisioning-mode',
    ...directoryKeys,
  ];
  return parameterKeys
    .filter((key) => values.has(key) && !used.includes(key))
    .map((key) => ({
      severity: 'warning',
      field: `parameters.${spelling.get(key) ?? key}`,
      message: `${key} has no effect: mgs-ip-address names a file system that exists already`,
      fix: `remove ${key}, or remove mgs-ip-address to have a file system made`,
    }));
}
