import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, rmSync } from 'node:fs';
import { appendFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { AccessPointDescription } from '@aws-sdk/client-efs';
import { openEfsView } from '../../demo/efs-view.ts';
import { systemClock } from '../../src/async/clock.ts';
import { ControllerDefinition } from '../../src/csi/gen/csi.ts';
import { content } from '../../src/sandbox/clouds/aws/content.ts';
import { startAwsCloud } from '../../src/sandbox/clouds/aws/start-aws-cloud.ts';
import { installNfsMount } from '../../src/sandbox/nfs/install-nfs-mount.ts';
import { startNfsServers } from '../../src/sandbox/nfs/nfs-servers.ts';
import { callPlugin } from '../../src/sandbox/node/plugins/call-plugin.ts';
import { openAuthority } from '../../src/sandbox/pki/authority.ts';
import { freePort } from '../../src/sandbox/testing/free-port.ts';
import { silentLog } from '../../src/telemetry/log.ts';
import { berthCommand } from './berth.ts';
import { type Passage, startCountingProxy } from './counting-proxy.ts';
import { eventually } from './kubectl.ts';

/** A simulated AWS, a controller of EFS in a process of its own that can be killed, and directory work beside it. */
export interface EfsControllerWorld {
  /** One try; rejects where the controller says no, dies or is not there. */
  call: <Request, Response>(
    method: Parameters<typeof callPlugin<Request, Response>>[2],
    request: Request,
  ) => Promise<Response>;
  accessPoints(): Promise<readonly AccessPointDescription[]>;
  /** Directory of this machine with the file system's files. */
  readonly data: string;
  /** Whom the controller's requests to AWS are shown to. */
  watch(passage: Passage): void;
  /** A new controller; an old one is killed first. */
  restart(): Promise<void>;
  log(): Promise<string>;
  close(): Promise<void>;
}

/** The caller is in a mount namespace of its own, see `inOwnMountNamespace`. */
export async function openEfsControllerWorld(
  program: string,
  flags: readonly string[] = [],
): Promise<EfsControllerWorld> {
  const directory = await mkdtemp(join(tmpdir(), 'berth-efs-'));
  const at = (name: string) => join(directory, name);
  const authority = await openAuthority(at('pki'));
  const ca = authority.caCertificate;
  const names = { dnsNames: ['localhost'], ipAddresses: ['127.0.0.1'] };
  const tls = await authority.issue({ commonName: 'aws', ...names });
  const aws = await startAwsCloud({ stateDir: directory, tls, timeScale: 1000 });
  const [address = '127.0.0.1'] = aws.exports.all().flatMap(({ addresses }) => addresses);
  const servers = await startNfsServers({
    stateDir: directory,
    port: await freePort(address),
    exports: aws.exports,
    tunnelDir: at('tunnel'),
    clock: systemClock,
    log: silentLog,
  });
  const searchPath = process.env.PATH ?? '';
  await installNfsMount({ binDir: at('bin'), socketPath: servers.socketPath, searchPath });

  let passage: Passage = (_, goOn) => goOn();
  const proxy = await startCountingProxy({
    target: aws.url,
    tls,
    ca,
    counts: () => true,
    passage: (request, goOn) => passage(request, goOn),
  });
  const env = {
    PATH: [at('bin'), searchPath].join(delimiter),
    AWS_ENDPOINT_URL: proxy.url,
    AWS_CA_BUNDLE: authority.caFile,
    AWS_REGION: content.region,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_EC2_METADATA_DISABLED: 'true',
  };
  const start = (command: readonly string[]) => {
    const [name = '', ...args] = command;
    const child = spawn(name, args, { env, stdio: ['ignore', 'ignore', 'pipe'] });
    child.stderr.on('data', (text: Buffer) => void appendFile(at('log'), text));
    return child;
  };
  const end = async (child: ChildProcess | undefined) => {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  };
  const work = ['--socket', at('work.sock'), '--mount-point', at('work')];
  const directories = start([...berthCommand, 'directories', ...work]);
  await there(at('work.sock'));
  const socket = at('csi.sock');
  const controller = [
    ...[process.execPath, program, 'controller', '--driver', 'efs.csi.aws.com'],
    ...['--endpoint', `unix://${socket}`, '--sidecars', 'external', '--health-port', '0'],
    ...['--directories', at('work.sock'), ...flags],
  ];
  let child: ChildProcess | undefined;
  const view = openEfsView({ ...aws, endpoint: aws.url, metadataEndpoint: '' }, ca, systemClock);
  return {
    call: (method, request) =>
      callPlugin(socket, ControllerDefinition, method, request, {
        timeoutMs: 20_000,
        signal: new AbortController().signal,
      }),
    accessPoints: () => view.accessPoints(content.fileSystemId),
    data: join(directory, 'efs', content.fileSystemId, 'data'),
    watch: (next) => {
      passage = next;
    },
    restart: async () => {
      await end(child);
      rmSync(socket, { force: true });
      child = start(controller);
      await there(socket);
    },
    log: () => readFile(at('log'), 'utf8').catch(() => ''),
    close: async () => {
      await Promise.all([end(child), end(directories)]);
      await proxy.close();
      await servers.close();
      await aws.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

const there = (path: string) =>
  eventually(
    async () => existsSync(path),
    (found) => found,
  );
