import { readFileSync } from 'node:fs';

/** State 0A of proc_net_tcp(5). */
const LISTEN = '0A';

export interface TcpPorts {
  readonly listening: ReadonlySet<number>;
  /** Listening or the local end of a connection. */
  readonly used: ReadonlySet<number>;
}

/** Local ports in /proc/net/tcp and tcp6. Nobody is connected to, so no server sees it. */
export function parseTcpPorts(text: string): TcpPorts {
  const listening = new Set<number>();
  const used = new Set<number>();
  for (const [, port = '', state] of text.matchAll(
    /^\s*\d+: [0-9A-F]+:([0-9A-F]{4}) [0-9A-F]+:[0-9A-F]{4} ([0-9A-F]{2}) /gm,
  )) {
    const number = Number.parseInt(port, 16);
    used.add(number);
    if (state === LISTEN) listening.add(number);
  }
  return { listening, used };
}

/** The TCP ports of this network namespace. A kernel without IPv6 has no second table. */
export function readTcpPorts(): TcpPorts {
  return parseTcpPorts(['/proc/net/tcp', '/proc/net/tcp6'].map(textOf).join('\n'));
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}
