/** How to reach one API server, from a service account (`in-cluster.ts`) or a kubeconfig (`kubeconfig.ts`). */
export interface ClusterConfig {
  /** `https://host:port`, a path prefix allowed. Plain `http://` is taken only for a loopback address. */
  readonly server: string;
  /** The namespace of the service account or of the kubeconfig's context. */
  readonly namespace: string;
  /** PEM; undefined means the system's authorities. */
  readonly ca?: string;
  readonly insecureSkipTlsVerify?: boolean;
  /** The name to expect in the server's certificate where it differs from the host in `server`. */
  readonly tlsServerName?: string;
  /** A kubeconfig's `proxy-url`. Undefined means HTTPS_PROXY, HTTP_PROXY and NO_PROXY decide. */
  readonly proxyUrl?: string;
  /** Asked before every request, so it caches; `renew` is set after the server has answered 401. */
  credentials(renew: boolean): Promise<Credentials>;
}

export interface Credentials {
  /** The whole `Authorization` header. */
  readonly authorization?: string;
  /** PEM client certificate chain and key. */
  readonly certificate?: { readonly cert: string; readonly key: string };
}

/** Credentials that never change, such as those of a sandbox. */
export function fixedCredentials(credentials: Credentials): ClusterConfig['credentials'] {
  return () => Promise.resolve(credentials);
}
