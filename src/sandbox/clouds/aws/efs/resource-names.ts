import { randomBytes } from 'node:crypto';

/** `fs-`, `fsap-` or `fsmt-` and 17 hexadecimal digits. */
export function newId(prefix: 'fs' | 'fsap' | 'fsmt' | 'eni'): string {
  return `${prefix}-0${randomBytes(8).toString('hex')}`;
}

export function arnOf(
  region: string,
  account: string,
  kind: 'file-system' | 'access-point',
  id: string,
): string {
  return `arn:aws:elasticfilesystem:${region}:${account}:${kind}/${id}`;
}

/** Requests may name a resource by its id or its ARN. */
export function idOf(name: string): string {
  return name.startsWith('arn:') ? name.slice(name.lastIndexOf('/') + 1) : name;
}
