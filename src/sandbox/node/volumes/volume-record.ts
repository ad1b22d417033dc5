import { mkdir, readdir, readFile, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { writeFileWhole } from '../../state/write-file-whole.ts';

const volumeRecord = z.object({
  driverName: z.string(),
  nodeName: z.string(),
  specVolID: z.string(),
  volumeHandle: z.string(),
  volumeLifecycleMode: z.enum(['Persistent', 'Ephemeral']),
  /** Set where the volume was staged for its pods. */
  stagingPath: z.optional(z.string()),
});

/** What was mounted for a pod, written before the first call, so that it can be undone by whoever comes after a kill. */
export type VolumeRecord = z.infer<typeof volumeRecord>;

/** kubelet's name for it. */
const FILE = 'vol_data.json';

export async function writeVolumeRecord(directory: string, record: VolumeRecord): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o750 });
  await writeFileWhole(join(directory, FILE), JSON.stringify(record));
}

/** The records under `directory` by the name of their volume. One without a readable record is left out. */
export async function readVolumeRecords(directory: string): Promise<Map<string, VolumeRecord>> {
  const records = new Map<string, VolumeRecord>();
  for (const volume of await readdir(directory).catch(() => [])) {
    const text = await readFile(join(directory, volume, FILE), 'utf8').catch(() => undefined);
    const parsed = text === undefined ? undefined : volumeRecord.safeParse(parseJson(text));
    if (parsed?.success) records.set(volume, parsed.data);
  }
  return records;
}

/** Never recursive: whatever is still in the directory may be a user's data behind a mount. */
export async function removeVolumeRecord(directory: string): Promise<void> {
  await rm(join(directory, FILE), { force: true });
  for (const path of [join(directory, 'mount'), directory]) {
    await rmdir(path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
    });
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
