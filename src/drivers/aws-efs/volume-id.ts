import { posix } from 'node:path';

/** What a volume handle says. */
export interface VolumeId {
  /** `s3files` handles are upstream's too; this driver tells them apart only to refuse them. */
  readonly type: 'efs' | 's3files';
  readonly fileSystemId: string;
  /** Below the file system's root, or the access point's; cleaned, empty for the root itself. */
  readonly subPath: string;
  /** Empty where the handle names none. */
  readonly accessPointId: string;
}

export type VolumeIdOutcome =
  | { readonly id: VolumeId; readonly problem?: undefined }
  | { readonly id?: undefined; readonly problem: string };

const fileSystemPattern = /^fs-[0-9a-f]{8,40}$/;
const accessPointPattern = /^fsap-[0-9a-f]{8,40}$/;

export const isFileSystemId = (text: string): boolean => fileSystemPattern.test(text);

/**
 * Both grammars of upstream: `{efs|s3files}:{fs}[:{subpath}[:{fsap}]]` since v3 and `{fs}[:{subpath}[:{fsap}]]` before.
 * The problems are upstream's texts.
 */
export function parseVolumeId(text: string): VolumeIdOutcome {
  const fields = text.split(':');
  const [first] = fields;
  const type = first === 'efs' || first === 's3files' ? first : undefined;
  const [fileSystemId = '', subPath = '', accessPointId = '', ...rest] =
    type === undefined ? fields : fields.slice(1);
  const invalid = (problem: string) => ({ problem: `volume ID '${text}' is invalid: ${problem}` });
  if (rest.length > 0)
    return invalid(`Expected at most ${type === undefined ? 'three' : 'four'} fields separated by ':'`);
  if (fileSystemId === '') return invalid('Missing file system ID');
  if (!isFileSystemId(fileSystemId))
    return invalid("Expected a file system ID of the form 'fs-[0-9a-f]{8,40}'");
  if (accessPointId !== '' && !accessPointPattern.test(accessPointId))
    return {
      problem: `volume ID '${text}' has an invalid access point ID '${accessPointId}': Expected it to be of the form 'fsap-[0-9a-f]{8,40}'`,
    };
  return { id: { type: type ?? 'efs', fileSystemId, subPath: cleanPath(subPath), accessPointId } };
}

/** The form that upstream writes since v3, without empty fields at the end. */
export function formatVolumeId({ type, fileSystemId, subPath, accessPointId }: VolumeId): string {
  const fields = [type, fileSystemId, subPath, accessPointId];
  while (fields.at(-1) === '') fields.pop();
  return fields.join(':');
}

/** As Go's path.Clean, but the empty path stays empty and a slash at the end goes. */
function cleanPath(path: string): string {
  if (path === '') return '';
  const clean = posix.normalize(path);
  return clean.length > 1 && clean.endsWith('/') ? clean.slice(0, -1) : clean;
}
