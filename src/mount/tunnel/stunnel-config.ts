import type { TunnelService } from './tunnel-service.ts';

export interface StunnelFiles {
  readonly logFile: string;
  readonly keyFile: string;
  /** Certificates that the servers' must be signed by. */
  readonly caFile: string;
  /** The client certificate of the service on a port. */
  readonly certificateFile: (port: number) => string;
}

/**
 * The configuration of one stunnel for all mounts of a node. Time limits and TLS versions are efs-utils' (constants of its
 * `proxy.py`); no OCSP, as there by default. `delay` looks a DNS name up for each connection, not once at the start.
 *
 * @throws Error for a value that would begin a line of its own
 */
export function stunnelConfig(services: readonly TunnelService[], files: StunnelFiles): string {
  const global = {
    foreground: 'yes',
    // The process is recognised by its record, and a file of a killed one would only be in the way.
    pid: '',
    syslog: 'no',
    output: files.logFile,
    debug: 'warning',
    fips: 'no',
    socket: 'l:SO_REUSEADDR=yes',
  };
  return [lines(global), ...services.map((service) => section(service, files))].join('\n');
}

function section({ port, spec }: TunnelService, files: StunnelFiles): string {
  return `[mount-${port}]\n${lines({
    client: 'yes',
    accept: `127.0.0.1:${port}`,
    connect: `${spec.connect.host}:${spec.connect.port}`,
    delay: 'yes',
    sslVersionMin: 'TLSv1.2',
    renegotiation: 'no',
    // A resumed session would still stand for the certificate before the last renewal.
    sessionResume: 'no',
    verifyChain: 'yes',
    CAfile: files.caFile,
    checkHost: spec.checkHost,
    cert: files.certificateFile(port),
    key: files.keyFile,
    TIMEOUTbusy: '20',
    TIMEOUTclose: '0',
    TIMEOUTidle: '70',
  })}`;
}

function lines(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name} = ${oneLine(name, value)}\n`)
    .join('');
}

function oneLine(name: string, value: string): string {
  if (!/[\r\n]/.test(value)) return value;
  throw new Error(`stunnel's ${name} must be a single line, was ${JSON.stringify(value)}`);
}
