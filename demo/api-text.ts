import { json } from 'node:stream/consumers';
import type { Clock } from '../src/async/clock.ts';
import type { ClusterConfig } from '../src/kube/cluster-config.ts';
import { httpsGet } from './https-get.ts';
import { textTable } from './text-table.ts';

const TABLE = 'application/json;as=Table;v=v1;g=meta.k8s.io';

interface Table {
  readonly columnDefinitions: readonly { readonly name: string; readonly priority: number }[];
  readonly rows?: readonly { readonly cells: readonly unknown[] }[];
}

/** A collection as `kubectl get` prints it: the server makes the table, columns of priority 0 are shown. */
export async function getTable(cluster: ClusterConfig, path: string): Promise<string> {
  const { columnDefinitions, rows = [] } = (await json(await get(cluster, path, TABLE))) as Table;
  const shown = columnDefinitions.flatMap(({ name, priority }, index) =>
    priority === 0 ? [{ index, heading: name.toUpperCase() }] : [],
  );
  return textTable([
    shown.map(({ heading }) => heading),
    ...rows.map(({ cells }) => shown.map(({ index }) => String(cells[index]))),
  ]);
}

/** Reads a text that goes on, such as a followed log, for `forMs` milliseconds or to its end. */
export async function followText(
  cluster: ClusterConfig,
  path: string,
  options: { readonly forMs: number; readonly clock: Clock; readonly onText: (chunk: string) => void },
): Promise<void> {
  const enough = new AbortController();
  const timer = options.clock.sleep(options.forMs, enough.signal).then(
    () => enough.abort(),
    () => {},
  );
  try {
    const answer = await get(cluster, path, '*/*', enough.signal);
    for await (const chunk of answer.setEncoding('utf8')) options.onText(chunk);
  } catch (error) {
    if (!enough.signal.aborted) throw error;
  }
  enough.abort();
  await timer;
}

async function get(cluster: ClusterConfig, path: string, accept: string, signal?: AbortSignal) {
  const { authorization = '' } = await cluster.credentials(false);
  const url = new URL(path, cluster.server);
  const answer = await httpsGet(url, {
    ca: cluster.ca,
    headers: { accept, authorization },
    ...(signal && { signal }),
  });
  if (answer.statusCode !== 200)
    throw new Error(`${url.pathname}: the API server answers ${answer.statusCode}`);
  return answer;
}
