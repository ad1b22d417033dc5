import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { writeFileWhole } from '../../state/write-file-whole.ts';

/** Made once and kept in the file, so that a command that read it finds the sandbox again after a restart. */
export async function keepControlToken(file: string): Promise<string> {
  const kept = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  if (kept.trim() !== '') return kept.trim();
  const token = randomBytes(24).toString('base64url');
  await writeFileWhole(file, token, 0o600);
  return token;
}
