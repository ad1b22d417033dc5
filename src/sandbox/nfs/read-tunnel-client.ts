import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod/mini';

/** Whom a port of the node's tunnel leads to, and as whom. */
export interface TunnelClient {
  readonly host: string;
  readonly fileSystemId: string | undefined;
  readonly accessPointId: string | undefined;
}

const record = z.object({
  spec: z.object({
    connect: z.object({ host: z.string() }),
    client: z.record(z.string(), z.string()),
  }),
});

/**
 * Read from the tunnel's own record, which says what the certificate of the port says. Undefined where the tunnel has no
 * such port.
 */
export function readTunnelClient(tunnelDir: string, port: number): TunnelClient | undefined {
  try {
    const { spec } = record.parse(JSON.parse(readFileSync(join(tunnelDir, `${port}.json`), 'utf8')));
    return {
      host: spec.connect.host,
      fileSystemId: spec.client.fileSystem,
      accessPointId: spec.client.accessPoint,
    };
  } catch {
    return undefined;
  }
}
