import { type KeyObject, X509Certificate } from 'node:crypto';
import type { Clock } from '../../async/clock.ts';
import type { Log } from '../../telemetry/log.ts';
import type { ServiceStore } from './service-store.ts';
import type { TunnelService, TunnelSpec } from './tunnel-service.ts';

/** A client certificate (PEM) of `key` for what a spec says of its client. */
export type Certify = (client: TunnelSpec['client'], key: KeyObject) => Promise<string>;

/** How long before its end a certificate is replaced: efs-utils' last for three hours and are renewed each hour. */
const RENEW_BEFORE_MS = 2 * 60 * 60 * 1000;

/** After a reboot of many all are due: some at a time spare memory, all in turn would wait long where AWS does not answer. */
const AT_ONCE = 8;

export interface Certificates {
  /** Whether the service has one, be it an old one. */
  has(port: number): Promise<boolean>;
  /** Makes one where there is none that lasts; returns whether it did. Rejects as `certify` does. */
  ensure(service: TunnelService): Promise<boolean>;
  /** How many were made; it tells whether there are new ones. */
  made(): number;
  /** The same for many; what fails is logged, because the old certificates may still do. Returns whether one is new. */
  renew(services: readonly TunnelService[]): Promise<boolean>;
}

export interface CertificatePorts {
  readonly store: Pick<ServiceStore, 'certificate' | 'certificateFile' | 'write'>;
  readonly key: KeyObject;
  readonly certify: Certify;
  readonly clock: Clock;
  readonly log: Log;
}

export function createCertificates({ store, key, certify, clock, log }: CertificatePorts): Certificates {
  let made = 0;
  const ensure = async ({ port, spec }: TunnelService): Promise<boolean> => {
    if (endOf(await store.certificate(port)) - clock.now() > RENEW_BEFORE_MS) return false;
    await store.write(store.certificateFile(port), await certify(spec.client, key));
    made += 1;
    return true;
  };
  const tryToEnsure = (service: TunnelService) =>
    ensure(service).catch((err: unknown) => {
      const { client } = service.spec;
      log.error({ err, client }, 'the client certificate of a mount could not be renewed; it is tried again');
    });
  return {
    has: async (port) => (await store.certificate(port)) !== undefined,
    ensure,
    made: () => made,
    async renew(services) {
      const before = made;
      for (let next = 0; next < services.length; next += AT_ONCE) {
        await Promise.all(services.slice(next, next + AT_ONCE).map(tryToEnsure));
      }
      return made > before;
    },
  };
}

/** Milliseconds since the epoch; 0 for what is no certificate. */
function endOf(pem: string | undefined): number {
  try {
    return pem === undefined ? 0 : new X509Certificate(pem).validToDate.getTime();
  } catch {
    return 0;
  }
}
