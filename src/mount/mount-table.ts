import { closeSync, openSync, readSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { shareNext } from '../async/share-next.ts';
import { type MountEntry, parseMountinfo, parseMountLine } from './mountinfo.ts';

/** The kernel's table of this mount namespace. Reading it touches no file system; it costs about 2.5 us per mount. */
export interface MountTable {
  all(): Promise<readonly MountEntry[]>;
  byId(id: number): Promise<MountEntry | undefined>;
  /** What is mounted at a path (absolute, without symbolic links), the lowest of a stack first. */
  at(path: string): Promise<readonly MountEntry[]>;
}

const file = '/proc/self/mountinfo';

/** Some three hundred mounts, which are read in less than a millisecond. */
const small = Buffer.alloc(64 * 1024);

/**
 * A table as most nodes have it is read here and now: each of the half dozen trips to another thread would take longer than
 * the whole. A bigger one is left to that thread, so that nobody else waits for it.
 */
async function readKernelTable(): Promise<string> {
  const fd = openSync(file, 'r');
  try {
    let length = 0;
    while (length < small.length) {
      const read = readSync(fd, small, length, small.length - length, null);
      if (read === 0) return small.toString('utf8', 0, length);
      length += read;
    }
  } finally {
    closeSync(fd);
  }
  return readFile(file, 'utf8');
}

/** `read` gives the text of mountinfo. Callers that ask while it is being read share the next read. */
export function createMountTable(read: () => Promise<string> = readKernelTable): MountTable {
  const text = shareNext(read);
  return {
    all: async () => parseMountinfo(await text()),
    byId: async (id) => lineOf(await text(), id),
    async at(path) {
      // Almost all lines are other volumes'; only those that may be meant are worth parsing.
      const last = path.slice(path.lastIndexOf('/') + 1);
      const hint = /[\s\\#]/.test(last) ? '' : last;
      const lines = (await text()).split('\n').filter((line) => line.includes(hint));
      return parseMountinfo(lines.join('\n')).filter((entry) => entry.mountPoint === path);
    },
  };
}

function lineOf(text: string, id: number): MountEntry | undefined {
  const line = text.split('\n').find((candidate) => candidate.startsWith(`${id} `));
  return line === undefined ? undefined : parseMountLine(line);
}
