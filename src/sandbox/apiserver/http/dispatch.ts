import { answerDiscovery } from '../discovery/discovery.ts';
import type { Answer, ApiRequest, TargetedRequest } from '../requests/api-request.ts';
import { remove, removeCollection } from '../requests/delete.ts';
import { listObjects } from '../requests/list.ts';
import { checkRevision } from '../requests/list-options.ts';
import { patch } from '../requests/patch.ts';
import { answerReview, findReview } from '../requests/reviews.ts';
import { answerSubresource } from '../requests/subresources.ts';
import { watchObjects } from '../requests/watch.ts';
import { create, get, replace } from '../requests/write.ts';
import type { Verb } from '../resources/resource-definition.ts';
import type { ServerState } from '../server-state.ts';
import { refuseOtherStreams } from '../streaming/exec.ts';
import { parseRequestTarget, type RequestTarget } from './request-target.ts';
import { methodNotAllowed, pathNotFound } from './status-error.ts';

type Handler = (state: ServerState, request: TargetedRequest) => Answer | Promise<Answer>;

const handlers: Readonly<Record<Verb, Handler>> = {
  create,
  delete: remove,
  deletecollection: removeCollection,
  get: (state, request) => {
    checkRevision(request.query, state.store.revision());
    return get(state, request);
  },
  list: listObjects,
  patch,
  update: replace,
  watch: watchObjects,
};

/** Answers a request below /api or /apis. */
export function dispatch(state: ServerState, request: ApiRequest): Answer | Promise<Answer> {
  const review = findReview(request.path);
  if (review !== undefined) {
    if (request.method !== 'POST') throw methodNotAllowed();
    return answerReview(state, review, request);
  }
  refuseOtherStreams(request.path);
  const target = parseRequestTarget(request.path, state.registry);
  if (target === undefined) {
    const discovery = request.method === 'GET' ? answerDiscovery(state, request) : undefined;
    if (discovery !== undefined) return discovery;
    if (isServedGroup(state, request.path)) throw pathNotFound();
    return pageNotFound;
  }
  const targeted = { ...request, target };
  if (target.subresource !== undefined) return answerSubresource(state, targeted);
  const verb = verbOf(request, target);
  if (verb === undefined || !target.definition.verbs.includes(verb)) throw methodNotAllowed();
  return handlers[verb](state, targeted);
}

/** The answer outside of every group of the API: Go's, a text. */
export const pageNotFound: Answer = {
  code: 404,
  json: '404 page not found\n',
  contentType: 'text/plain; charset=utf-8',
};

function isServedGroup({ registry }: ServerState, path: string): boolean {
  const [, root, group] = path.split('/');
  return root === 'api' || registry.all().some((one) => one.group === group);
}

function verbOf(
  { method, query }: ApiRequest,
  { name, namespace, definition }: RequestTarget,
): Verb | undefined {
  const onObject = name !== undefined;
  switch (method) {
    case 'GET':
      if (onObject) return 'get';
      return query.get('watch') === 'true' || query.get('watch') === '1' ? 'watch' : 'list';
    case 'POST':
      return onObject || (definition.namespaced && namespace === undefined) ? undefined : 'create';
    case 'PUT':
      return onObject ? 'update' : undefined;
    case 'PATCH':
      return onObject ? 'patch' : undefined;
    case 'DELETE':
      return onObject ? 'delete' : 'deletecollection';
    default:
      return undefined;
  }
}
