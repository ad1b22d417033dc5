import { badRequest, methodNotAllowed } from '../http/status-error.ts';
import type { ServerState } from '../server-state.ts';
import { podLogs } from '../streaming/logs.ts';
import type { Answer, TargetedRequest } from './api-request.ts';
import { bindPod } from './bind-pod.ts';
import { patch } from './patch.ts';
import { scale } from './scale.ts';
import { get, replace } from './write.ts';

/** Requests below one object: its status, its scale, a pod's log. */
export function answerSubresource(state: ServerState, request: TargetedRequest): Answer | Promise<Answer> {
  const { method, target } = request;
  switch (target.subresource) {
    case 'status':
      return readOrWrite(state, request);
    case 'finalize':
      if (method !== 'PUT') throw methodNotAllowed();
      return replace(state, request);
    case 'scale':
      return scale(state, request);
    case 'binding':
      if (method !== 'POST') throw methodNotAllowed();
      return bindPod(state, request);
    case 'log':
      if (method !== 'GET') throw methodNotAllowed();
      return podLogs(state, request);
    default:
      throw badRequest('exec needs a connection that is upgraded to WebSocket');
  }
}

function readOrWrite(state: ServerState, request: TargetedRequest): Answer {
  switch (request.method) {
    case 'GET':
      return get(state, request);
    case 'PUT':
      return replace(state, request);
    case 'PATCH':
      return patch(state, request);
    default:
      throw methodNotAllowed();
  }
}
