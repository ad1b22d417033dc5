/** Why a plugin cannot be served at an endpoint. The message is for the person who chose it. */
export class EndpointError extends Error {
  override readonly name = 'EndpointError';
  readonly code: 'scheme' | 'path' | 'too-long' | 'not-a-socket' | 'in-use';
  constructor(code: EndpointError['code'], message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}

/** `sockaddr_un.sun_path` holds 108 bytes, the last a NUL. */
const SOCKET_PATH_BYTES = 107;

/**
 * The socket's path in `unix:///path` or `unix:path`. CSI allows Unix sockets only.
 *
 * @throws EndpointError
 */
export function socketPathOf(endpoint: string): string {
  const scheme = /^unix:(?:\/\/)?(?<path>.*)$/s.exec(endpoint);
  if (scheme === null) {
    throw new EndpointError(
      'scheme',
      `CSI endpoint ${JSON.stringify(endpoint)} must be a Unix socket: unix:///path/csi.sock`,
    );
  }
  const path = scheme.groups?.path ?? '';
  // In unix://name/path the name is a host, which a socket does not have.
  if (path === '' || path.includes('\0') || (endpoint.startsWith('unix://') && !path.startsWith('/'))) {
    throw new EndpointError(
      'path',
      `CSI endpoint ${JSON.stringify(endpoint)} must name an absolute path: unix:///path/csi.sock`,
    );
  }
  const bytes = Buffer.byteLength(path);
  if (bytes > SOCKET_PATH_BYTES) {
    throw new EndpointError(
      'too-long',
      `socket path ${path} has ${bytes} bytes; the system allows ${SOCKET_PATH_BYTES}, choose a shorter directory`,
    );
  }
  return path;
}
