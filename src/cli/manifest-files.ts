import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** What `-f` names: the file itself, or the manifests right in the directory, in the order of their names, as kubectl takes them. */
export async function manifestFiles(name: string): Promise<readonly string[]> {
  if (name === '-' || !(await stat(name)).isDirectory()) return [name];
  const files = (await readdir(name)).filter((file) => /\.(ya?ml|json)$/.test(file)).sort();
  return files.map((file) => join(name, file));
}
