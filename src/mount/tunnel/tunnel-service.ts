/** One way through the tunnel: whoever asks for an equal one gets the same, since nothing tells the two apart. */
export interface TunnelSpec {
  /** An address, or a DNS name that is looked up again for each connection. */
  readonly connect: { readonly host: string; readonly port: number };
  /** The name that the server's certificate must bear. */
  readonly checkHost: string;
  /** What the client certificate says, in words of who makes it; no secrets, because it is written to disk. */
  readonly client: Readonly<Record<string, string>>;
}

/** A way through the tunnel as it is written down on the host, so that it outlives every process. */
export interface TunnelService {
  /** On 127.0.0.1, where the kernel's NFS client connects to. */
  readonly port: number;
  readonly spec: TunnelSpec;
}

/** Equal exactly for equal specs. */
export function specKey({ connect, checkHost, client }: TunnelSpec): string {
  const facts = Object.entries(client).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([connect.host, connect.port, checkHost, facts]);
}
