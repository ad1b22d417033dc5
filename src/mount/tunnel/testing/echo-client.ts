import { once } from 'node:events';
import { connect } from 'node:net';

/** A connection to an echo server: what is sent comes back. Rejects once the connection is over. */
export async function connectEcho(port: number) {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  socket.setEncoding('utf8');
  let ended: Error | undefined;
  socket.on('error', (error) => {
    ended = error;
  });
  return {
    async ask(text: string): Promise<string> {
      socket.write(text);
      const over = once(socket, 'close').then(() => {
        throw ended ?? new Error('the connection was closed');
      });
      const [answer] = await Promise.race([once(socket, 'data'), over]);
      return String(answer);
    },
    close: () => socket.destroy(),
  };
}
