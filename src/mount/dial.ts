import { connect } from 'node:net';

/** Connects over TCP and closes. Rejects with the socket's error, or with the signal's reason. */
export function dial(host: string, port: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const socket = connect({ host, port });
    const settle = (act: () => void) => {
      signal.removeEventListener('abort', onAbort);
      socket.destroy();
      act();
    };
    const onAbort = () => settle(() => reject(signal.reason));
    signal.addEventListener('abort', onAbort, { once: true });
    socket.once('connect', () => settle(resolve));
    socket.once('error', (error) => settle(() => reject(error)));
  });
}
