import { Client, credentials, type ServiceError, status } from '@grpc/grpc-js';
import type { MessageFns } from '../../../csi/gen/csi.ts';

/** kubelet's limit for every call of a CSI plugin. */
export const CSI_CALL_TIMEOUT_MS = 120_000;

/** A plugin's refusal or silence, in the words in which kubelet's events show it. */
export class PluginCallError extends Error {
  override readonly name = 'PluginCallError';
  /**
   * Nothing is left of the call. False: it may still take effect, so what it was to undo has to be undone later. kubelet's
   * isFinalError: all codes but Canceled, DeadlineExceeded, Unavailable, ResourceExhausted and Aborted.
   */
  readonly final: boolean;
  constructor(message: string, final: boolean, options?: { cause?: unknown }) {
    super(message, options);
    this.final = final;
  }
}

const uncertainCodes: ReadonlySet<number> = new Set([
  status.CANCELLED,
  status.DEADLINE_EXCEEDED,
  status.UNAVAILABLE,
  status.RESOURCE_EXHAUSTED,
  status.ABORTED,
]);

interface Service {
  readonly fullName: string;
}

interface Method<Request, Response> {
  readonly name: string;
  readonly requestType: MessageFns<Request>;
  readonly responseType: MessageFns<Response>;
}

/** One call over a connection of its own, as kubelet makes it. Throws PluginCallError. */
export function callPlugin<Request, Response>(
  socketPath: string,
  service: Service,
  method: Method<Request, Response>,
  request: Request,
  options: { readonly timeoutMs: number; readonly signal: AbortSignal },
): Promise<Response> {
  const client = new Client(`unix:${socketPath}`, credentials.createInsecure(), {
    'grpc.default_authority': 'localhost',
  });
  return new Promise<Response>((resolve, reject) => {
    const call = client.makeUnaryRequest<Request, Response>(
      `/${service.fullName}/${method.name}`,
      (message) => Buffer.from(method.requestType.encode(message).finish()),
      (bytes) => method.responseType.decode(bytes),
      request,
      { deadline: Date.now() + options.timeoutMs },
      (error, response) => {
        options.signal.removeEventListener('abort', cancel);
        if (error !== null) reject(toPluginCallError(error));
        else if (response === undefined) reject(new PluginCallError('the plugin gave no answer', false));
        else resolve(response);
      },
    );
    const cancel = () => call.cancel();
    options.signal.addEventListener('abort', cancel, { once: true });
    if (options.signal.aborted) cancel();
  }).finally(() => client.close());
}

function toPluginCallError(error: ServiceError): PluginCallError {
  const message = `rpc error: code = ${codeName(error.code)} desc = ${error.details}`;
  return new PluginCallError(message, !uncertainCodes.has(error.code), { cause: error });
}

/** `DEADLINE_EXCEEDED` as Go writes it: `DeadlineExceeded`; only `Canceled` and `OK` are spelled differently. */
function codeName(code: status): string {
  if (code === status.CANCELLED) return 'Canceled';
  const words = (status[code] ?? 'UNKNOWN').toLowerCase().split('_');
  return words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
}
