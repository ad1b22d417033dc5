import type { Refusal } from '../refusal.ts';
import { type ParameterKey, type Parameters, parameter } from './parameter-keys.ts';
import { isFileSystemId } from './volume-id.ts';

/** Which file systems a class uses, in the order it prefers them; or where in the cluster that is written. */
export type FileSystemSource =
  | { readonly kind: 'ids'; readonly ids: readonly string[] }
  | {
      readonly kind: 'ConfigMap' | 'Secret';
      readonly namespace: string;
      readonly name: string;
      readonly key: string;
    };

const sourceKeys = ['fileSystemId', 'fileSystemIdConfigRef', 'fileSystemIdSecretRef'] as const;

const prefix = 'Failed to resolve filesystem Id';

/** Exactly one of upstream's three keys. */
export function readFileSystems(parameters: Parameters, refusals: Refusal[]): FileSystemSource {
  const nothing: FileSystemSource = { kind: 'ids', ids: [] };
  const given = sourceKeys.filter((key) => parameter(parameters, key) !== undefined);
  const refuse = (key: ParameterKey, message: string, fix: string) => {
    refusals.push({
      code: 'invalid-argument',
      field: `parameters.${key}`,
      message: `${prefix} ${message}`,
      fix,
    });
    return nothing;
  };
  const [key, second] = given;
  if (key === undefined)
    return refuse(
      'fileSystemId',
      'one of fileSystemId, fileSystemIdConfigRef, or fileSystemIdSecretRef must be specified',
      'e.g. fileSystemId: fs-0123456789abcdef0',
    );
  if (second !== undefined)
    return refuse(
      second,
      'only one of fileSystemId, fileSystemIdConfigRef, or fileSystemIdSecretRef can be specified',
      `keep one of ${given.join(', ')}`,
    );
  const value = parameter(parameters, key) ?? '';
  if (key === 'fileSystemId') {
    const read = readIds(value);
    return read.problem === undefined
      ? { kind: 'ids', ids: read.ids }
      : refuse(key, read.problem, 'ids as fs-0123456789abcdef0, more than one separated by commas');
  }
  const [namespace, name, entry, ...rest] = value.split('/');
  if (!namespace || !name || !entry || rest.length > 0)
    return refuse(
      key,
      `invalid reference format, expected namespace/name/key, got: ${value}`,
      'e.g. kube-system/efs/fileSystemId',
    );
  return { kind: key === 'fileSystemIdConfigRef' ? 'ConfigMap' : 'Secret', namespace, name, key: entry };
}

/** `fs-a` or `fs-a,fs-b`: the first that has room is used. */
export function readIds(
  text: string,
):
  | { readonly ids: readonly string[]; readonly problem?: undefined }
  | { readonly ids?: undefined; readonly problem: string } {
  const ids = text.split(',').map((part) => part.trim());
  const wrong = ids.find((id) => !isFileSystemId(id));
  if (wrong !== undefined) return { problem: `'${wrong}' is not the ID of a file system` };
  return { ids: [...new Set(ids)] };
}
