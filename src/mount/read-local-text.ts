import { readFileSync } from 'node:fs';

/** A small file that the kernel or the local disk answers at once (/sys, /proc, /etc); undefined where there is none. */
export function readLocalText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
