import { BlockList, isIP } from 'node:net';

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The proxy for `target` as Go programs choose it (golang.org/x/net/http/httpproxy), because NO_PROXY in clusters is
 * written for them: with CIDRs such as the service network, which Node's own NO_PROXY does not know.
 */
export function proxyFor(target: URL, environment: Environment): string | undefined {
  const variable = (name: string) => environment[name.toLowerCase()] || environment[name] || undefined;
  const proxy = variable(target.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY');
  if (proxy === undefined) return undefined;
  const host = target.hostname.replace(/^\[|\]$/g, '').toLowerCase();
  if (isLoopback(host)) return undefined;
  const port = target.port || (target.protocol === 'https:' ? '443' : '80');
  const exempt = (variable('NO_PROXY') ?? '').split(',').some((entry) => matches(entry.trim(), host, port));
  if (exempt) return undefined;
  return proxy.includes('://') ? proxy : `http://${proxy}`;
}

/** Whether `host` (no brackets) is this machine by a name or address that cannot be anything else. */
export function isLoopback(host: string): boolean {
  return (
    host === 'localhost' || (isIP(host) !== 0 && loopback.check(host, isIP(host) === 6 ? 'ipv6' : 'ipv4'))
  );
}

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

function matches(entry: string, host: string, port: string): boolean {
  if (entry === '') return false;
  if (entry === '*') return true;
  if (entry.includes('/')) return inSubnet(entry, host);
  const { name, port: onlyPort } = splitPort(entry.toLowerCase());
  if (onlyPort !== undefined && onlyPort !== port) return false;
  if (isIP(name) !== 0 || isIP(host) !== 0) return name === host;
  const suffix = name.replace(/^\*?\./, '');
  return host.endsWith(`.${suffix}`) || (host === suffix && name === suffix);
}

function splitPort(entry: string): { name: string; port: string | undefined } {
  const match = /^(?:\[(?<v6>.+)\]|(?<name>[^:]+)):(?<port>\d+)$/.exec(entry);
  if (!match?.groups) return { name: entry.replace(/^\[|\]$/g, ''), port: undefined };
  return { name: match.groups.v6 ?? match.groups.name ?? '', port: match.groups.port };
}

function inSubnet(entry: string, host: string): boolean {
  const [network = '', prefix = ''] = entry.split('/');
  const family = isIP(network);
  const bits = Number(prefix);
  if (family === 0 || family !== isIP(host) || !/^\d+$/.test(prefix) || bits > (family === 6 ? 128 : 32))
    return false;
  const list = new BlockList();
  list.addSubnet(network, bits, family === 6 ? 'ipv6' : 'ipv4');
  return list.check(host, family === 6 ? 'ipv6' : 'ipv4');
}
