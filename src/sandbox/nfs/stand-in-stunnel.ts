/**
 * For machines without stunnel: a program that listens where its configuration says and reads it again on SIGHUP. Nothing
 * has to pass through it, because the sandbox's mounts connect to no server.
 */
export function standInStunnel(node: string): string {
  return `#!${node}
const { createServer } = require('node:net');
const { readFileSync } = require('node:fs');
const servers = new Map();
const load = () => {
  const ports = new Set([...readFileSync(process.argv[2], 'utf8').matchAll(/^accept = 127\\.0\\.0\\.1:(\\d+)$/gm)].map(([, port]) => port));
  for (const [port, server] of servers) if (!ports.has(port)) { server.close(); servers.delete(port); }
  for (const port of ports) if (!servers.has(port)) servers.set(port, createServer((socket) => socket.destroy()).listen(Number(port), '127.0.0.1'));
};
process.on('SIGHUP', load);
load();
`;
}
