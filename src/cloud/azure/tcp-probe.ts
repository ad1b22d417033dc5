import { connect } from 'node:net';

/** Whether something answers at an address within a second. The instance metadata service is on the machine's own link. */
export function tcpProbe(host: string, port: number, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, signal: AbortSignal.any([signal, AbortSignal.timeout(1000)]) });
    const settle = (there: boolean) => {
      socket.destroy();
      resolve(there);
    };
    socket.once('connect', () => settle(true));
    socket.once('error', () => settle(false));
  });
}
