import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { errnoOf } from '../errno.ts';
import type { ProcessRecord } from '../process-record.ts';
import type { TunnelService } from './tunnel-service.ts';

const recorded = z.object({
  port: z.int().check(z.minimum(1), z.maximum(65_535)),
  spec: z.object({
    connect: z.object({ host: z.string(), port: z.number() }),
    checkHost: z.string(),
    client: z.record(z.string(), z.string()),
  }),
});

const processRecord = z.object({ pid: z.number(), startTime: z.string() });

/** The directory on the host that outlives the plugin: what the tunnel serves, with which certificates, in which process. */
export interface ServiceStore {
  readonly certificateFile: (port: number) => string;
  readonly keyFile: string;
  readonly caFile: string;
  readonly configFile: string;
  readonly logFile: string;
  /** What is written down; a file that cannot be read is reported to `broken` and left alone. */
  services(broken: (file: string, error: unknown) => void): Promise<readonly TunnelService[]>;
  saveService(service: TunnelService): Promise<void>;
  removeService(port: number): Promise<void>;
  /** The PEM text of a service's certificate, or undefined where there is none yet. */
  certificate(port: number): Promise<string | undefined>;
  process(): Promise<ProcessRecord | undefined>;
  saveProcess(record: ProcessRecord): Promise<void>;
  /** Writes one of the files above whole: a reader sees the old text or the new. Readable by root only. */
  write(file: string, text: string): Promise<void>;
}

export async function openServiceStore(directory: string): Promise<ServiceStore> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const path = (name: string) => join(directory, name);
  const serviceFile = (port: number) => path(`${port}.json`);
  const certificateFile = (port: number) => path(`${port}.crt`);
  const processFile = path('stunnel.json');

  return {
    certificateFile,
    keyFile: path('client.key'),
    caFile: path('trusted.crt'),
    configFile: path('stunnel.conf'),
    logFile: path('stunnel.log'),
    async services(broken) {
      const names = (await readdir(directory)).filter((name) => /^\d+\.json$/.test(name));
      const read = names.map(async (name) => {
        try {
          return recorded.parse(JSON.parse(await readFile(path(name), 'utf8')));
        } catch (error) {
          broken(path(name), error);
          return undefined;
        }
      });
      return (await Promise.all(read)).filter((service) => service !== undefined);
    },
    saveService: (service) => writeWhole(serviceFile(service.port), JSON.stringify(service)),
    async removeService(port) {
      await rm(serviceFile(port), { force: true });
      await rm(certificateFile(port), { force: true });
    },
    certificate: (port) => readIfThere(certificateFile(port)),
    async process() {
      const text = await readIfThere(processFile);
      return text === undefined ? undefined : processRecord.safeParse(parsed(text)).data;
    },
    saveProcess: (record) => writeWhole(processFile, JSON.stringify(record)),
    write: writeWhole,
  };
}

async function writeWhole(file: string, text: string): Promise<void> {
  const draft = `${file}.new`;
  await writeFile(draft, text, { mode: 0o600 });
  await rename(draft, file);
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
