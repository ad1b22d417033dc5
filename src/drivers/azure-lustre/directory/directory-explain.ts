import type { CreateRequest } from '../../../csi/driver.ts';
import { CsiError } from '../../../csi/errors.ts';
import { joinInner } from '../../../directories/inner-path.ts';
import { silentLog } from '../../../telemetry/log.ts';
import { formatBytes } from '../../../units/bytes.ts';
import type { ExplainOptions, Explanation, Finding } from '../../driver-module.ts';
import { refusalToFinding } from '../../refusal.ts';
import { findMgsAddress } from '../find-mgs-address.ts';
import { lustreSource, mountOptions } from '../node/mount-plan.ts';
import { type DirectoryIntent, readDirectoryIntent } from './directory-intent.ts';

const unknown = { address: '<mgs-ip-address>', findings: [] };

const enforcement = {
  'lustre-project': 'kept by a project quota; a claim is refused where there is none',
  'lustre-project-if-possible':
    'kept by a project quota where file system and client have it, else not enforced',
  none: 'not enforced',
} as const;

/** The directory that would be made; with `--check` Azure is asked for the file system. */
export async function explainDirectory(
  request: CreateRequest,
  options: ExplainOptions,
): Promise<Explanation> {
  const { intent, refusals } = readDirectoryIntent(request);
  const found = await lookUp(intent, refusals.length === 0 ? options : { ...options, live: undefined });
  const path = joinInner(intent.base, intent.path);
  const flags = request.capabilities.flatMap(({ access }) =>
    access.type === 'mount' ? access.mountFlags : [],
  );
  return {
    properties: [
      { name: 'creates', value: 'nothing in Azure: a directory on a file system that exists' },
      { name: 'file system', value: describeFileSystem(intent) },
      { name: 'directory', value: `/${path}` },
      { name: 'mode and owner', value: `0${intent.mode.toString(8)}, uid ${intent.uid}, gid ${intent.gid}` },
      { name: 'size', value: describeSize(intent) },
    ],
    findings: [...refusals.map(refusalToFinding), ...found.findings, ...adviseDirectory(intent)],
    mounts: { source: lustreSource(found.address, path), options: mountOptions(flags, false).options },
    reclaim: {
      delete: describeDeletion(intent, path),
      retain: `/${path} stays as it is, and so does the volume object`,
    },
  };
}

async function lookUp(
  intent: DirectoryIntent,
  { live, signal }: ExplainOptions,
): Promise<{ readonly address: string; readonly findings: readonly Finding[] }> {
  if ('mgsAddress' in intent.fileSystem) return { address: intent.fileSystem.mgsAddress, findings: [] };
  if (live === undefined) return unknown;
  const call = { signal, deadline: undefined, log: silentLog, progress: () => {} };
  try {
    return { address: await findMgsAddress({ azure: async () => live }, intent, call), findings: [] };
  } catch (error) {
    if (!(error instanceof CsiError)) throw error;
    const field = 'parameters.file-system';
    return {
      ...unknown,
      findings: [{ severity: 'error', field, message: error.message, fix: undefined }],
    };
  }
}

function describeFileSystem({ fileSystem }: DirectoryIntent): string {
  if ('mgsAddress' in fileSystem) return `the one whose MGS is ${fileSystem.mgsAddress || '(missing)'}`;
  const group = fileSystem.resourceGroup ?? "the cluster's (from its cloud configuration)";
  return `AMLFS cluster ${fileSystem.name} in resource group ${group}`;
}

function describeSize({ capacityBytes, requiredBytes, quota }: DirectoryIntent): string {
  if (capacityBytes === 0n) return 'no limit: the claim asks for none';
  const rounded =
    capacityBytes === requiredBytes ? '' : ` (asked for ${formatBytes(requiredBytes)}, step 1 MiB)`;
  return `${formatBytes(capacityBytes)}${rounded}, ${enforcement[quota]}`;
}

function describeDeletion({ onDelete, base, resourceName }: DirectoryIntent, path: string): string {
  switch (onDelete) {
    case 'delete':
      return `/${path} and all that is in it are removed; its record proves that Berth made it`;
    case 'archive':
      return `/${path} is renamed to /${joinInner(base, `archived-${resourceName}`)}; nothing is removed`;
    case 'retain':
      return `/${path} and its data stay (on-delete: retain); remove them by hand`;
  }
}

function adviseDirectory({ onDelete }: DirectoryIntent): readonly Finding[] {
  const needs: Finding = {
    severity: 'note',
    field: 'parameters.provisioning-mode',
    message: 'needs "berth directories" beside the controller',
    fix: 'install the chart with directories.enabled=true',
  };
  if (onDelete !== 'retain') return [needs];
  const keeps: Finding = {
    severity: 'note',
    field: 'parameters.on-delete',
    message: 'retain: a deleted claim leaves its data, and its path stays taken',
    fix: 'set on-delete to delete or archive where that is not wanted',
  };
  return [needs, keeps];
}
