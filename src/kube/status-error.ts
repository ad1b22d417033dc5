import { KubeError } from './client.ts';

/** What the API server sends instead of an object when it refuses. */
interface Status {
  readonly kind: 'Status';
  readonly code?: number;
  readonly reason?: string;
  readonly message?: string;
  readonly details?: unknown;
}

/** Turns an answer's body, or an ERROR event's object, into the error that callers see. */
export function statusError(httpStatus: number, body: unknown): KubeError {
  if (isStatus(body)) {
    const code = body.code ?? httpStatus;
    return new KubeError(
      code,
      body.reason || reasonFor(code),
      body.message || `the server answered ${code}`,
      body.details,
    );
  }
  // A proxy or load balancer in between answers in its own words; the beginning is enough to recognise it.
  const text = typeof body === 'string' ? body.trim().slice(0, 200) : '';
  return new KubeError(
    httpStatus,
    reasonFor(httpStatus),
    `the server answered ${httpStatus}${text && `: ${text}`}`,
  );
}

function isStatus(body: unknown): body is Status {
  return typeof body === 'object' && body !== null && 'kind' in body && body.kind === 'Status';
}

/** apimachinery's StatusReason for answers that carry none. */
function reasonFor(code: number): string {
  return reasons[code] ?? (code >= 500 ? 'InternalError' : 'Unknown');
}

const reasons: Readonly<Record<number, string>> = {
  400: 'BadRequest',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'NotFound',
  405: 'MethodNotAllowed',
  409: 'Conflict',
  410: 'Gone',
  422: 'Invalid',
  429: 'TooManyRequests',
  503: 'ServiceUnavailable',
  504: 'Timeout',
};
