import { StatusError } from '../http/status-error.ts';
import type { ServerState } from '../server-state.ts';
import type { Answer, TargetedRequest } from './api-request.ts';

export function applyObject(_state: ServerState, _request: TargetedRequest, _body: unknown): Answer {
  throw new StatusError('UnsupportedMediaType', 'server-side apply');
}
