import { WebSocket } from 'ws';
import type { Clock } from '../src/async/clock.ts';
import type { ClusterConfig } from '../src/kube/cluster-config.ts';

const STANDARD_OUTPUT = 1;

/** `kubectl exec` by the API's own WebSocket protocol (v5.channel.k8s.io): the first byte of a message is its channel. */
export async function execOverWebSocket(
  cluster: ClusterConfig,
  request: {
    readonly namespace: string;
    readonly pod: string;
    readonly command: readonly string[];
    readonly forMs: number | undefined;
    readonly onOutput: (chunk: string) => void;
    readonly clock: Clock;
  },
): Promise<string> {
  const url = new URL(`/api/v1/namespaces/${request.namespace}/pods/${request.pod}/exec`, cluster.server);
  url.protocol = 'wss:';
  for (const word of request.command) url.searchParams.append('command', word);
  url.searchParams.set('stdout', 'true');
  const { authorization = '' } = await cluster.credentials(false);
  const socket = new WebSocket(url, ['v5.channel.k8s.io'], {
    headers: { authorization },
    ...(cluster.ca !== undefined && { ca: cluster.ca }),
  });
  let printed = '';
  socket.on('message', (data: Buffer) => {
    if (data[0] !== STANDARD_OUTPUT) return;
    const chunk = data.subarray(1).toString('utf8');
    printed += chunk;
    request.onOutput(chunk);
  });
  const closed = new Promise<void>((resolve, reject) => {
    socket.on('close', () => resolve());
    socket.on('error', reject);
  });
  if (request.forMs !== undefined) {
    await Promise.race([closed, request.clock.sleep(request.forMs)]);
    socket.close();
  }
  await closed;
  return printed;
}
