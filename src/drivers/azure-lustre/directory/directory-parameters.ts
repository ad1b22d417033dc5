import { isIPv4 } from 'node:net';
import type { DirectoryAttributes, OnDelete, QuotaKind } from '../../../directories/directories-port.ts';
import { innerPathProblem } from '../../../directories/inner-path.ts';
import type { Refusal } from '../../refusal.ts';
import { type FileSystemName, readFileSystemName } from '../file-system-reference.ts';
import {
  directoryKeys,
  fieldOf,
  metadataKeys,
  type ParameterKey,
  type ReadParameters,
} from '../parameters/parameter-keys.ts';
import { resolveSubDir } from '../sub-dir.ts';
import { trimSlashes } from '../volume-id.ts';

/** How a class describes the directory of a claim. */
export interface DirectoryParameters extends DirectoryAttributes {
  /** The file system's MGS, or its resource in Azure, whose MGS is asked for. */
  readonly fileSystem: { readonly mgsAddress: string } | FileSystemName;
  readonly quota: QuotaKind;
}

const sharedKeys: readonly ParameterKey[] = [
  'provisioning-mode',
  'mgs-ip-address',
  'resource-group-name',
  'sub-dir',
  'fs-name',
];

/** uid_t, without the two values that mean "none". */
const highestId = 0xffff_fffd;

const quotas: Readonly<Record<string, QuotaKind>> = {
  auto: 'lustre-project-if-possible',
  required: 'lustre-project',
  none: 'none',
};

type Refuse = (key: ParameterKey, message: string, fix: string) => void;

/** Whether claims of a class get a directory each. A value other than `directory` is refused by whoever reads the rest. */
export function wantsDirectory(read: ReadParameters): boolean {
  return read.values.get('provisioning-mode') === 'directory';
}

/** Why a class that wants no directories must not speak of them. */
export function refuseDirectoryKeys(read: ReadParameters): readonly Refusal[] {
  const refusals: Refusal[] = [];
  const refuse = refuseInto(read, refusals);
  const mode = read.values.get('provisioning-mode');
  if (mode !== undefined)
    refuse(
      'provisioning-mode',
      `must be directory, was: '${mode}'`,
      'leave it out to have no directory made',
    );
  for (const key of directoryKeys)
    if (mode === undefined && read.values.has(key))
      refuse(key, 'is for a directory per claim only', `add provisioning-mode: directory, or remove ${key}`);
  return refusals;
}

/** Adds what is wrong to `refusals`. The volume's own name is the path where the class gives none. */
export function readDirectory(
  read: ReadParameters,
  request: { readonly name: string; readonly parameters: Readonly<Record<string, string>> },
  refusals: Refusal[],
): DirectoryParameters {
  const refuse = refuseInto(read, refusals);
  const allowed: readonly ParameterKey[] = [...directoryKeys, ...sharedKeys];
  for (const key of read.values.keys())
    if (!allowed.includes(key))
      refuse(
        key,
        'has no meaning with provisioning-mode: directory',
        `the file system exists already; remove ${key}`,
      );
  const base = trimSlashes(read.values.get('base-dir') ?? '');
  const problem = base === '' ? undefined : innerPathProblem(base);
  if (problem !== undefined)
    refuse('base-dir', `'${base}' cannot be used: ${problem}`, 'e.g. base-dir: /claims');
  return {
    fileSystem: readFileSystem(read, refuse),
    base,
    path: readPath(read, request, refuse),
    mode: readMode(read.values.get('directory-mode') ?? '0777', refuse),
    uid: readId(read, 'uid', refuse),
    gid: readId(read, 'gid', refuse),
    onDelete: readOnDelete(read.values.get('on-delete') ?? 'retain', refuse),
    quota: readQuota(read.values.get('project-quota') ?? 'auto', refuse),
  };
}

function refuseInto(read: ReadParameters, refusals: Refusal[]): Refuse {
  return (key, message, fix) =>
    refusals.push({
      code: 'invalid-argument',
      field: fieldOf(read, key),
      message: `CreateVolume Parameter ${key} ${message}`,
      fix,
    });
}

function readFileSystem(read: ReadParameters, refuse: Refuse): DirectoryParameters['fileSystem'] {
  const mgsAddress = read.values.get('mgs-ip-address') ?? '';
  const reference = read.values.get('file-system') ?? '';
  if (mgsAddress !== '' && reference !== '')
    refuse('file-system', 'and mgs-ip-address name the file system twice', 'keep one of them');
  else if (mgsAddress === '' && reference === '')
    refuse(
      'file-system',
      'or mgs-ip-address must be provided',
      'name the file system that the directories are made on',
    );
  if (mgsAddress !== '' && !isIPv4(mgsAddress))
    refuse(
      'mgs-ip-address',
      `must be an IPv4 address, was: '${mgsAddress}'`,
      'or name the file system by file-system',
    );
  if (reference === '') return { mgsAddress };
  const named = readFileSystemName(reference, read.values.get('resource-group-name') || undefined);
  if (named !== undefined) return named;
  const example =
    '/subscriptions/<id>/resourceGroups/<group>/providers/Microsoft.StorageCache/amlFilesystems/<name>';
  refuse(
    'file-system',
    `is neither the name nor the resource ID of an AMLFS, was: '${reference}'`,
    `e.g. ${example}`,
  );
  return { mgsAddress: '' };
}

function readPath(
  read: ReadParameters,
  { name, parameters }: { readonly name: string; readonly parameters: Readonly<Record<string, string>> },
  refuse: Refuse,
): string {
  const template = read.values.get('sub-dir') ?? `\${pv.metadata.name}`;
  if (/\$\{(pod|serviceAccount)\./.test(template)) {
    refuse(
      'sub-dir',
      'must not name a pod',
      'the directory is made once for a claim, before there is any pod',
    );
    return '';
  }
  const outcome = resolveSubDir(template, { [metadataKeys.pvName]: name, ...parameters });
  const path = outcome.path ?? '';
  const problem = outcome.problem ?? (path.includes('#') ? 'it contains #' : innerPathProblem(path));
  if (problem !== undefined) {
    const fix = outcome.fix ?? 'choose another one; # separates the fields of the volume handle';
    refuse('sub-dir', `cannot be used: ${problem}`, fix);
  }
  return path;
}

function readMode(text: string, refuse: Refuse): number {
  if (/^[0-7]{3,4}$/.test(text)) return Number.parseInt(text, 8);
  refuse(
    'directory-mode',
    `must be an octal mode of three or four digits, was: '${text}'`,
    'e.g. "0770", quoted',
  );
  return 0;
}

function readId(read: ReadParameters, key: 'uid' | 'gid', refuse: Refuse): number {
  const text = read.values.get(key) ?? '0';
  const id = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (id <= highestId) return id;
  refuse(key, `must be a number from 0 to ${highestId}, was: '${text}'`, 'e.g. "1000", quoted');
  return 0;
}

function readOnDelete(text: string, refuse: Refuse): OnDelete {
  if (text === 'delete' || text === 'archive' || text === 'retain') return text;
  refuse('on-delete', `must be one of: [delete, archive, retain], was: '${text}'`, 'retain keeps the data');
  return 'retain';
}

function readQuota(text: string, refuse: Refuse): QuotaKind {
  const quota = Object.hasOwn(quotas, text) ? quotas[text] : undefined;
  if (quota === undefined)
    refuse(
      'project-quota',
      `must be one of: [${Object.keys(quotas).join(', ')}], was: '${text}'`,
      'auto is the default',
    );
  return quota ?? 'none';
}
