import * as z from 'zod/mini';
import type { CsiErrorCode } from '../csi/errors.ts';
import type {
  MakeDirectory,
  MeasureDirectory,
  OnFileSystem,
  RecordedVolume,
  RemoveUnrecorded,
  ResizeDirectory,
} from './directories-port.ts';
import { innerPathProblem } from './inner-path.ts';

/** What is said over the socket, and to the process that does the work: JSON, whole numbers of bytes as strings. */

const volumeName = z.string().check(z.regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/));
const innerPath = z
  .string()
  .check(z.refine((path) => innerPathProblem(path) === undefined, 'not a path strictly below the mount'));
const innerBase = z.union([z.literal(''), innerPath]);
const id = z.int().check(z.minimum(0), z.maximum(0xffff_fffe));
const bytes = z.pipe(
  z.string().check(z.regex(/^\d{1,19}$/)),
  z.transform((digits: string) => BigInt(digits)),
);
const onDelete = z.enum(['delete', 'archive', 'retain']);

/** Whoever may write to the socket must not have this machine's own directories mounted, by these options. */
const localMount = /^(r?bind|move|remount|loop|offset|x-mount\.|upperdir|lowerdir)/i;

const mount = z.object({
  fsType: z.string().check(z.regex(/^[a-z0-9._-]+$/)),
  source: z.string().check(z.regex(/^[^-]/)),
  options: z.array(
    z.string().check(z.refine((option) => !option.split(',').some((one) => localMount.test(one)))),
  ),
  readonly: z.boolean(),
  withoutHelper: z.optional(z.boolean()),
});

const recorded = { mount, volume: volumeName };

/** Every order there is, and what it has to say. */
export const orders = {
  make: z.object({
    ...recorded,
    driver: z.string(),
    base: innerBase,
    path: innerPath,
    mode: z.int().check(z.minimum(0), z.maximum(0o7777)),
    uid: id,
    gid: id,
    onDelete,
    capacityBytes: bytes,
    quota: z.enum(['lustre-project', 'lustre-project-if-possible', 'none']),
  }),
  find: z.object(recorded),
  list: z.object({ mount }),
  resize: z.object({ ...recorded, capacityBytes: bytes }),
  remove: z.object(recorded),
  removeUnrecorded: z.object({
    ...recorded,
    base: innerBase,
    path: innerPath,
    inUse: z.array(z.string()),
  }),
  usage: z.object({ mount, path: innerBase, maxAgeMs: z.number() }),
} as const;

export type OrderName = keyof typeof orders;
export type Order =
  | ({ readonly name: 'make' } & MakeDirectory)
  | ({ readonly name: 'find' | 'remove' } & RecordedVolume)
  | ({ readonly name: 'list' } & OnFileSystem)
  | ({ readonly name: 'resize' } & ResizeDirectory)
  | ({ readonly name: 'removeUnrecorded' } & RemoveUnrecorded)
  | ({ readonly name: 'usage' } & MeasureDirectory);

export const isOrderName = (name: string): name is OrderName => Object.hasOwn(orders, name);

/** Throws a ZodError that names the field. */
export function parseOrder(name: OrderName, body: unknown): Order {
  return { name, ...orders[name].parse(body) } as Order;
}

export const recordSchema = z.object({
  volume: volumeName,
  driver: z.string(),
  base: innerBase,
  path: innerPath,
  mode: z.int(),
  uid: id,
  gid: id,
  onDelete,
  capacityBytes: bytes,
  projectId: z.optional(z.int()),
});

export const usageSchema = z.object({ bytes, inodes: bytes, measuredAt: z.number() });

/** How work ended. `unfinished` work is to be gone on with: a removal that has had its turn. */
export type Outcome =
  | { readonly done: unknown }
  | { readonly unfinished: true }
  | { readonly error: { readonly code: CsiErrorCode; readonly message: string } };

export const stringify = (value: unknown): string =>
  JSON.stringify(value, (_, member: unknown) => (typeof member === 'bigint' ? String(member) : member));
