import { stat, truncate } from 'node:fs/promises';
import type { Clock } from '../../async/clock.ts';
import { shareNext } from '../../async/share-next.ts';
import type { Log } from '../../telemetry/log.ts';
import type { PortRange } from './allocate-port.ts';
import { type Certificates, type Certify, createCertificates } from './certificates.ts';
import { openClientKey } from './client-key.ts';
import { loopbackHex, type NfsEndpoint, readNfsServers } from './nfs-connections.ts';
import { openServiceStore, type ServiceStore } from './service-store.ts';
import { createServiceTable, type ServiceTable } from './service-table.ts';
import { stunnelConfig } from './stunnel-config.ts';
import { openStunnelProcess, type StunnelProcess } from './stunnel-process.ts';
import { readTcpPorts, type TcpPorts } from './tcp-ports.ts';
import type { TunnelSpec } from './tunnel-service.ts';
import { untilListening } from './until-listening.ts';

/** All TLS connections of this node's mounts, in one process of stunnel. */
export interface Tunnel {
  /**
   * A port on 127.0.0.1 from which `spec`'s server is reached, listening when this resolves. It stays for as long as it
   * is held, or the kernel has a mount that uses it. Rejects with CsiError, or as `certify` does.
   */
  open(spec: TunnelSpec): Promise<OpenService>;
  /** What a port leads to, or undefined where it is none of the tunnel's. */
  specAt(port: number): TunnelSpec | undefined;
  /** Stops looking after the process. It goes on, and so do the mounts. */
  close(): Promise<void>;
}

export interface OpenService {
  readonly port: number;
  /** To be called once the mount stands or will not be made. More often does nothing. */
  release(): void;
}

export interface TunnelOptions {
  /** On the host, so that it outlives the plugin's container. */
  readonly stateDir: string;
  /** PEM text of the authorities that servers' certificates must be signed by. */
  readonly trusted: string;
  readonly certify: Certify;
  readonly clock: Clock;
  readonly log: Log;
  /** `stunnel`, as PATH finds it. */
  readonly program?: string;
  readonly portRange?: PortRange;
  readonly tcpPorts?: () => TcpPorts;
  readonly nfsServers?: () => readonly NfsEndpoint[];
}

interface Parts {
  readonly store: ServiceStore;
  readonly table: ServiceTable;
  readonly certificates: Certificates;
  readonly process: StunnelProcess;
  readonly clock: Clock;
  readonly log: Log;
  readonly tcpPorts: () => TcpPorts;
  readonly nfsServers: () => readonly NfsEndpoint[];
  /** Makes the process serve what the table and the certificates say now. */
  readonly load: () => Promise<void>;
}

/** Between two looks whether the process runs. */
const LOOK_MS = 1_000;
/** Looks from one round of renewing and clearing up to the next. */
const LOOKS_PER_ROUND = 60;
const LOG_LIMIT_BYTES = 1024 * 1024;

/** Takes up what an earlier run of this program left: its services, its certificates, and its process if that still runs. */
export async function openTunnel(options: TunnelOptions): Promise<Tunnel> {
  const parts = await assemble(options);
  const { table, certificates, load } = parts;
  const ending = new AbortController();
  const tending = tend(parts, ending.signal);

  return {
    async open(spec) {
      const held = table.take(spec, usedPorts(parts));
      const { port } = held.service;
      try {
        if (held.added) await parts.store.saveService(held.service);
        const renewed = await certificates.ensure(held.service);
        const listens = () => parts.process.running() && parts.tcpPorts().listening.has(port);
        if (renewed || !listens()) await load();
        return { port, release: held.release };
      } catch (error) {
        held.release();
        throw error;
      }
    },
    specAt: table.specAt,
    close() {
      ending.abort();
      return tending;
    },
  };
}

async function assemble(options: TunnelOptions): Promise<Parts> {
  const { clock, log, certify, program = 'stunnel' } = options;
  const { tcpPorts = readTcpPorts, nfsServers = readNfsServers } = options;
  const store = await openServiceStore(options.stateDir);
  await store.write(store.caFile, options.trusted);
  const key = await openClientKey(store);
  const recorded = await store.services((file, err) =>
    log.error({ err, file }, 'a tunnel service is not understood and left out'),
  );
  const table = createServiceTable(recorded, options.portRange);
  const certificates = createCertificates({ store, key, certify, clock, log });
  const process = await openStunnelProcess({ store, clock, log, program });
  const parts = { store, table, certificates, process, clock, log, tcpPorts, nfsServers };
  return { ...parts, load: shareNext(createLoad(parts)) };
}

/** A load that would change nothing is left out: each makes stunnel drop the connections that are just being made. */
function createLoad(parts: Omit<Parts, 'load'>): () => Promise<void> {
  let loaded = '';
  return async () => {
    const { store, table, certificates, process } = parts;
    // One certificate that is not there would make stunnel refuse the whole configuration.
    const services = [];
    for (const service of table.services()) if (await certificates.has(service.port)) services.push(service);
    if (services.length === 0) return process.stop();
    const made = certificates.made();
    const config = stunnelConfig(services, store);
    if (!process.running() || loaded !== `${made} ${config}`) {
      await store.write(store.configFile, config);
      await process.load();
    }
    const ports = services.map(({ port }) => port);
    await untilListening(ports, { ...parts, logFile: store.logFile });
    loaded = `${made} ${config}`;
  };
}

/** Ports that a new service must not get: a mount that was detached lazily keeps its own until the kernel lets it go. */
function usedPorts({ tcpPorts, nfsServers }: Parts): Set<number> {
  return new Set([...tcpPorts().used, ...mountedPorts(nfsServers())]);
}

function mountedPorts(servers: readonly NfsEndpoint[]): Set<number> {
  return new Set(servers.filter(({ address }) => address === loopbackHex).map(({ port }) => port));
}

/** Keeps the process running and its certificates valid until aborted. */
async function tend(parts: Parts, signal: AbortSignal): Promise<void> {
  const { clock, log, process, table, load } = parts;
  for (let look = 0; !signal.aborted; look++) {
    try {
      if (table.services().length > 0 && process.restartDue()) await load();
      if (look % LOOKS_PER_ROUND === 0) await round(parts);
    } catch (err) {
      log.error({ err }, 'the tunnel could not be looked after; it is tried again');
    }
    await clock.sleep(LOOK_MS, signal).catch(() => {});
  }
}

async function round({ table, certificates, store, nfsServers, load }: Parts): Promise<void> {
  const retired = table.retire(mountedPorts(nfsServers()));
  const renewed = await certificates.renew(table.services());
  if (renewed || retired.length > 0) await load();
  for (const { port } of retired) {
    await store.removeService(port);
    table.forget(port);
  }
  const { size } = await stat(store.logFile).catch(() => ({ size: 0 }));
  if (size > LOG_LIMIT_BYTES) await truncate(store.logFile);
}
