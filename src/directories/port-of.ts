import * as z from 'zod/mini';
import type { Call } from '../csi/call.ts';
import type { DirectoriesPort, DirectoryRecord } from './directories-port.ts';
import { type Order, recordSchema, usageSchema } from './wire.ts';

/** The port over something that gets orders done; `give` answers in the wire's form. */
export function portOf(give: (order: Order, call: Call) => Promise<unknown>): DirectoriesPort {
  return {
    make: async (asked, call) => toRecord(await give({ name: 'make', ...asked }, call)),
    async find(asked, call) {
      const found = await give({ name: 'find', ...asked }, call);
      return found === null ? undefined : toRecord(found);
    },
    async list(asked, call) {
      const records = await give({ name: 'list', ...asked }, call);
      return z.array(z.unknown()).parse(records).map(toRecord);
    },
    resize: async (asked, call) => toRecord(await give({ name: 'resize', ...asked }, call)),
    remove: async (asked, call) => void (await give({ name: 'remove', ...asked }, call)),
    removeUnrecorded: async (asked, call) => void (await give({ name: 'removeUnrecorded', ...asked }, call)),
    usage: async (asked, call) => usageSchema.parse(await give({ name: 'usage', ...asked }, call)),
  };
}

function toRecord(value: unknown): DirectoryRecord {
  const { projectId, ...record } = recordSchema.parse(value);
  return { ...record, projectId };
}
