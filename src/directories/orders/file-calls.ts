import * as fs from 'node:fs';

/**
 * What directory work does to a file system. Synchronous: it runs in a process of its own that can be killed at any
 * point. Its paths hold no `..`, and the mount they lead into follows no symbolic link (`nosymfollow`).
 */
export type FileCalls = Pick<
  typeof fs,
  | 'lstatSync'
  | 'readFileSync'
  | 'opendirSync'
  | 'readdirSync'
  | 'mkdirSync'
  | 'rmdirSync'
  | 'unlinkSync'
  | 'renameSync'
  | 'linkSync'
  | 'writeFileSync'
  | 'chownSync'
  | 'chmodSync'
>;

export const kernelFileCalls: FileCalls = fs;
