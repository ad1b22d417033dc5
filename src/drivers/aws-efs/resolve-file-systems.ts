import type { Call } from '../../csi/call.ts';
import { CsiError } from '../../csi/errors.ts';
import type { ClusterValues } from '../driver-module.ts';
import { type FileSystemSource, readIds } from './file-systems.ts';

/** The file systems of a class, read from the cluster where the class names a ConfigMap or Secret. */
export async function resolveFileSystems(
  source: FileSystemSource,
  cluster: ClusterValues | undefined,
  call: Call,
): Promise<readonly string[]> {
  if (source.kind === 'ids') return source.ids;
  const { kind, namespace, name, key } = source;
  const failed = (code: 'failed-precondition' | 'invalid-argument', message: string) =>
    new CsiError(code, `Failed to resolve filesystem Id ${message}`);
  const at = `${kind} ${namespace}/${name}`;
  if (cluster === undefined)
    throw failed('failed-precondition', `from ${at}: this controller knows no cluster; give it --kubeconfig`);
  const text = await cluster.read(kind, { namespace, name, key }, call.signal);
  if (!text) throw failed('failed-precondition', `key ${key} not found or empty in ${at}`);
  const read = readIds(text);
  // What a Secret holds is not repeated.
  if (read.ids === undefined)
    throw failed('invalid-argument', `key ${key} in ${at} does not hold IDs as fs-0123456789abcdef0`);
  return read.ids;
}
