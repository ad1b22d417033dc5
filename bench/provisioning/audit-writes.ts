import { open } from 'node:fs/promises';

/** What is used here of a line of kube-apiserver's audit log. */
export interface AuditEntry {
  readonly verb: string;
  readonly user: { readonly username: string };
  readonly objectRef?: { readonly resource: string; readonly subresource?: string };
}

const writingVerbs: ReadonlySet<string> = new Set([
  'create',
  'update',
  'patch',
  'delete',
  'deletecollection',
]);

/** Counts of one user's writes by resource, refused ones included: they cost as much. Leases are nobody's volumes. */
export function writesOf(user: string, entries: readonly AuditEntry[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { verb, user: who, objectRef } of entries) {
    if (who.username !== user || !writingVerbs.has(verb) || objectRef === undefined) continue;
    const { resource, subresource } = objectRef;
    if (resource === 'leases') continue;
    const name = subresource ? `${resource}/${subresource}` : resource;
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

/** Whole lines of a chunk, and the unfinished rest. */
export function splitLines(text: string): { readonly lines: readonly string[]; readonly rest: string } {
  const end = text.lastIndexOf('\n') + 1;
  return { lines: text.slice(0, end).split('\n').filter(Boolean), rest: text.slice(end) };
}

/** Reads what was appended since the last call. */
export function followAudit(file: string): { read(): Promise<readonly AuditEntry[]> } {
  let offset = 0;
  return {
    async read() {
      const handle = await open(file);
      try {
        const length = (await handle.stat()).size - offset;
        const { buffer } = await handle.read(Buffer.alloc(length), 0, length, offset);
        const { lines, rest } = splitLines(buffer.toString('utf8'));
        offset += length - Buffer.byteLength(rest);
        return lines.map((line) => JSON.parse(line) as AuditEntry);
      } finally {
        await handle.close();
      }
    },
  };
}
