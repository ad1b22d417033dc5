import { readFile } from 'node:fs/promises';
import { parse, stringify } from 'yaml';
import type { StateDir } from '../../sandbox/state/state-dir.ts';
import { writeFileWhole } from '../../sandbox/state/write-file-whole.ts';

const NAME = 'berth-sandbox';

/** One kubeconfig for the user and one for each plugin. */
export async function writeKubeconfigs(
  dir: StateDir,
  access: { readonly server: string; readonly token: string; readonly caCertificate: string },
): Promise<void> {
  const text = stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      {
        name: NAME,
        cluster: {
          server: access.server,
          'certificate-authority-data': Buffer.from(access.caCertificate).toString('base64'),
        },
      },
    ],
    users: [{ name: NAME, user: { token: access.token } }],
    contexts: [{ name: NAME, context: { cluster: NAME, user: NAME, namespace: 'default' } }],
    'current-context': NAME,
  });
  for (const file of [dir.kubeconfig, dir.controllerKubeconfig, dir.nodeKubeconfig]) {
    await writeFileWhole(file, text);
  }
}

/** What an earlier run wrote, so that a restart keeps the server's port and the token; undefined where there is none. */
export async function readKubeconfig(
  dir: StateDir,
): Promise<{ readonly server: string; readonly token: string } | undefined> {
  try {
    const config = parse(await readFile(dir.kubeconfig, 'utf8'));
    const server: unknown = config.clusters[0].cluster.server;
    const token: unknown = config.users[0].user.token;
    return typeof server === 'string' && typeof token === 'string' ? { server, token } : undefined;
  } catch {
    // Absent or not ours: it is written anew.
    return undefined;
  }
}
