import { stringify } from 'yaml';

/** A kubeconfig of one cluster and one user with a bearer token. */
export function kubeconfigText(access: {
  /** `https://host:port`. */
  readonly server: string;
  readonly caCertificate: string;
  readonly user: string;
  readonly token: string;
}): string {
  const cluster = 'berth-control-plane';
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      {
        name: cluster,
        cluster: {
          server: access.server,
          'certificate-authority-data': Buffer.from(access.caCertificate).toString('base64'),
        },
      },
    ],
    users: [{ name: access.user, user: { token: access.token } }],
    contexts: [{ name: cluster, context: { cluster, user: access.user, namespace: 'default' } }],
    'current-context': cluster,
  });
}
