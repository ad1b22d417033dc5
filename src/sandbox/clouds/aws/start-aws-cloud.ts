import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Clock, systemClock } from '../../../async/clock.ts';
import { type Log, silentLog } from '../../../telemetry/log.ts';
import { openFaultBook } from '../faults/fault-book.ts';
import { serveFaults } from '../faults/serve-faults.ts';
import {
  efsKind,
  type FileSystemDirectories,
  openFileSystemDirectories,
} from '../file-system-directories.ts';
import { listenHttps } from '../http/listen-https.ts';
import { keepControlToken } from '../state/control-token.ts';
import { openStateFile, type StateFile } from '../state/state-file.ts';
import { content, crossAccountRole, fillNewState } from './content.ts';
import { tokenKey } from './efs/access-points.ts';
import type { EfsContext } from './efs/efs-context.ts';
import { type EfsExports, openEfsExports } from './efs/efs-exports.ts';
import type { AccessPoint, FileSystem, MountTarget } from './efs/resources.ts';
import { openTable } from './efs/table.ts';
import { type FaultBook, faultKinds } from './faults/fault-kinds.ts';
import { awsFace } from './http/aws-face.ts';
import { jsonResponse } from './http/aws-request.ts';
import { openIdentities } from './identity/identities.ts';
import { startInstanceMetadata } from './instance-metadata/start-instance-metadata.ts';
import { serveAws } from './serve-aws.ts';

export interface AwsCloudOptions {
  /** Holds the state file, the control token and the file systems' data. */
  readonly stateDir: string;
  readonly host?: string;
  /** Of HTTPS and of the instance metadata service; 0, the default: any free one. */
  readonly port?: number;
  readonly metadataPort?: number;
  /** PEM, for the names and addresses it is to be reached by. */
  readonly tls: { readonly cert: string; readonly key: string };
  readonly region?: string;
  /** How many times faster than in AWS long work passes. */
  readonly timeScale?: number;
  /** Access points a file system may have; 10,000, as in AWS. */
  readonly accessPointLimit?: number;
  readonly clock?: Clock;
  readonly log?: Log;
  /** Numbers from 0 up to 1, for faults with a rate. */
  readonly random?: () => number;
}

/** A running simulated AWS: EFS, STS and a little of EC2 at one address, and a machine's metadata at another. */
export interface AwsCloud {
  /** Of all services, without a slash at the end: AWS_ENDPOINT_URL. */
  readonly url: string;
  /** Plain HTTP: AWS_EC2_METADATA_SERVICE_ENDPOINT. */
  readonly metadataUrl: string;
  readonly region: string;
  readonly account: string;
  /** Of the file system that is there from the beginning. */
  readonly fileSystemId: string;
  /** Opens `/_sandbox/faults`. */
  readonly controlToken: string;
  readonly faults: FaultBook;
  /** For what stands in for the file systems' NFS servers. */
  readonly exports: EfsExports;
  /** May be called again. */
  close(): Promise<void>;
}

/** Starts the simulated AWS on what `stateDir` remembers. Throws StateFileError for a state it cannot read. */
export async function startAwsCloud(options: AwsCloudOptions): Promise<AwsCloud> {
  const { clock = systemClock, host = '127.0.0.1', log = silentLog, region = content.region } = options;
  await mkdir(options.stateDir, { recursive: true, mode: 0o700 });
  const controlToken = await readAwsControlToken(options.stateDir);
  const state = openStateFile(join(options.stateDir, 'aws.db'));
  const directories = openFileSystemDirectories(options.stateDir, efsKind, (error, path) =>
    log.warn({ err: error, path }, 'files of a deleted file system stay behind'),
  );
  const faults: FaultBook = openFaultBook(
    faultKinds,
    state.documents('fault'),
    options.random ?? Math.random,
  );
  const efs = openEfs(state, directories, faults, { ...options, clock, region });
  const identities = openIdentities(state.documents('issuedKey'));
  const { account } = content;
  const aws = serveAws({ efs, identities, roles: [crossAccountRole], faults, region, account, clock });
  const servers = await Promise.all([
    listenHttps(
      { host, port: options.port ?? 0, tls: options.tls, log },
      awsFace(async (request) => {
        const own = serveFaults(request, faults, controlToken);
        return own === undefined ? aws(request) : jsonResponse(own.status, own.body);
      }),
    ),
    startInstanceMetadata({
      host,
      port: options.metadataPort ?? 0,
      region,
      account,
      letter: 'a',
      identities,
      clock,
    }),
  ]).catch((error: unknown) => {
    state.close();
    throw error;
  });
  const [services, metadata] = servers;
  let closing: Promise<void> | undefined;
  return {
    url: services.url,
    metadataUrl: metadata.url,
    region,
    account,
    fileSystemId: content.fileSystemId,
    controlToken,
    faults,
    exports: openEfsExports(efs),
    close: () => {
      closing ??= (async () => {
        await Promise.all(servers.map((server) => server.close()));
        await directories.idle();
        state.close();
      })();
      return closing;
    },
  };
}

/** Opens `/_sandbox/faults` of the simulated AWS whose state is there. */
export function readAwsControlToken(stateDir: string): Promise<string> {
  return keepControlToken(join(stateDir, 'aws-control-token'));
}

function openEfs(
  state: StateFile,
  directories: FileSystemDirectories,
  faults: FaultBook,
  options: Pick<AwsCloudOptions, 'timeScale' | 'accessPointLimit'> & {
    readonly clock: Clock;
    readonly region: string;
  },
): EfsContext {
  const fileSystems = openTable(state.documents<FileSystem>('fileSystem'));
  const mountTargets = openTable(state.documents<MountTarget>('mountTarget'), {
    fileSystem: ({ fileSystemId }) => fileSystemId,
  });
  const accessPoints = openTable(state.documents<AccessPoint>('accessPoint'), {
    fileSystem: ({ fileSystemId }) => fileSystemId,
    token: tokenKey,
  });
  const settings = state.documents<string>('setting');
  // In one transaction, so that a kill leaves the state new.
  state.transaction(() => {
    if (settings.get('filled') !== undefined) return;
    fillNewState({ fileSystems, mountTargets, accessPoints }, options.region, options.clock.now());
    settings.put('filled', 'yes');
  });
  // A kill may have come between the state and the directories it promises.
  for (const { id, goneAt } of fileSystems.all()) if (goneAt === undefined) directories.create(id);
  return {
    fileSystems,
    mountTargets,
    accessPoints,
    directories,
    faults,
    clock: options.clock,
    region: options.region,
    timeScale: options.timeScale ?? 60,
    accessPointLimit: options.accessPointLimit ?? 10_000,
  };
}
