import type { RequestOptions } from 'node:https';
import type { Clock } from '../async/clock.ts';
import type { ClusterConfig, Credentials } from './cluster-config.ts';

export interface KubeconfigOptions {
  /** `--kubeconfig`; undefined means $KUBECONFIG, then ~/.kube/config. */
  readonly path?: string | undefined;
  /** `--context`; undefined means the file's current one. */
  readonly context?: string | undefined;
  readonly clock: Clock;
}

/** Exec plugins and OIDC answer from a cache of their own; this saves reading certificate files for every request. */
const rereadMs = 30_000;

/**
 * A person's kubeconfig. `@kubernetes/client-node` reads it, because it knows exec plugins, OIDC and merging; it is
 * heavy, so it is loaded here and nowhere else.
 *
 * @throws Error when the file, the context, its cluster or its user is missing.
 */
export async function kubeconfigConfig(options: KubeconfigOptions): Promise<ClusterConfig> {
  const { KubeConfig } = await import('@kubernetes/client-node');
  const config = new KubeConfig();
  if (options.path === undefined) config.loadFromDefault();
  else config.loadFromFile(options.path);
  if (options.context !== undefined) config.setCurrentContext(options.context);

  const where = options.path ?? 'the kubeconfig';
  const context = config.getContextObject(config.getCurrentContext());
  if (context === null) throw new Error(`${where} has no context "${config.getCurrentContext()}"`);
  const cluster = config.getCurrentCluster();
  if (cluster === null) throw new Error(`${where} has no cluster "${context.cluster}"`);
  if (config.getCurrentUser() === null) throw new Error(`${where} has no user "${context.user}"`);

  const tls: RequestOptions = {};
  await config.applyToHTTPSOptions(tls);
  return {
    server: cluster.server,
    namespace: context.namespace ?? 'default',
    ...(tls.ca !== undefined && { ca: pem(tls.ca) }),
    ...(cluster.skipTLSVerify && { insecureSkipTlsVerify: true }),
    ...(cluster.tlsServerName !== undefined && { tlsServerName: cluster.tlsServerName }),
    ...(cluster.proxyUrl !== undefined && { proxyUrl: cluster.proxyUrl }),
    credentials: cachedCredentials(async () => {
      const fresh: RequestOptions = {};
      await config.applyToHTTPSOptions(fresh);
      return toCredentials(fresh);
    }, options.clock),
  };
}

function cachedCredentials(read: () => Promise<Credentials>, clock: Clock): ClusterConfig['credentials'] {
  let cached: { readonly value: Promise<Credentials>; readonly until: number } | undefined;
  return async (renew) => {
    if (renew || cached === undefined || clock.now() >= cached.until)
      cached = { value: read(), until: clock.now() + rereadMs };
    const { value } = cached;
    try {
      return await value;
    } catch (error) {
      if (cached?.value === value) cached = undefined;
      throw error;
    }
  };
}

function toCredentials(options: RequestOptions): Credentials {
  const headers = (options.headers ?? {}) as Readonly<Record<string, string | undefined>>;
  const authorization =
    headers.Authorization ??
    headers.authorization ??
    (options.auth && `Basic ${Buffer.from(options.auth).toString('base64')}`);
  return {
    ...(authorization && { authorization }),
    ...(options.cert && options.key && { certificate: { cert: pem(options.cert), key: pem(options.key) } }),
  };
}

/** Node takes PEM in many shapes; kubeconfigs yield a string or a buffer. */
function pem(value: NonNullable<RequestOptions['ca'] | RequestOptions['key']>): string {
  return [value].flat().map(String).join('\n');
}
