import { Refusal } from '../http/refusal.ts';
import { alive, type EfsCall, type EfsContext } from './efs-context.ts';
import { idOf } from './resource-names.ts';
import type { FileSystem } from './resources.ts';

/** The caller's file system of this id or ARN. Throws Refusal. */
export function findFileSystem(context: EfsContext, call: EfsCall, name: string): FileSystem {
  const id = idOf(name);
  const found = alive(context, context.fileSystems, context.fileSystems.get(id));
  if (found?.account === call.account) return found;
  throw new Refusal(404, 'FileSystemNotFound', `File system '${id}' does not exist.`);
}
