import { checkApiVersion, findProvider } from './api-versions.ts';
import { ArmError } from './arm-error.ts';
import { type ArmRequest, type ArmResponse, queryValue } from './arm-request.ts';

/** What a handler gets: the request, the names in its path as sent, and the version it is asked in. */
export interface RoutedRequest {
  readonly request: ArmRequest;
  readonly parameters: Readonly<Record<string, string>>;
  readonly apiVersion: string;
}

export interface Route {
  readonly method: 'GET' | 'PUT' | 'PATCH' | 'POST' | 'DELETE' | 'HEAD';
  /** Segments in braces are parameters; the others are compared without case. */
  readonly path: string;
  readonly namespace: string;
  readonly type: string;
  readonly handle: (routed: RoutedRequest) => ArmResponse;
}

/** The one entry for everything ARM serves. Throws ArmError where ARM would refuse. */
export function createRouter(
  routes: readonly Route[],
  subscriptionId: string,
  location: string,
): (request: ArmRequest) => ArmResponse {
  const compiled = routes.map((route) => ({ route, segments: split(route.path) }));
  return (request) => {
    const segments = split(request.path);
    const matches = compiled.flatMap(({ route, segments: pattern }) => {
      const parameters = match(pattern, segments);
      return parameters === undefined ? [] : [{ route, parameters }];
    });
    const found = matches.find(({ route }) => route.method === request.method);
    if (found === undefined) throw refusal(request, segments, matches.length > 0);
    const { route, parameters } = found;
    checkSubscription(parameters.subscriptionId, subscriptionId);
    const version = queryValue(request.query, 'api-version');
    const apiVersion = checkApiVersion(route.namespace, route.type, version, location);
    return route.handle({ request, parameters, apiVersion });
  };
}

function split(path: string): string[] {
  return path.split('/').filter((segment) => segment !== '');
}

function match(
  pattern: readonly string[],
  segments: readonly string[],
): Readonly<Record<string, string>> | undefined {
  if (pattern.length !== segments.length) return undefined;
  const parameters: Record<string, string> = {};
  for (const [index, part] of pattern.entries()) {
    const segment = segments[index] ?? '';
    if (part.startsWith('{')) parameters[part.slice(1, -1)] = decode(segment);
    else if (part.toLowerCase() !== segment.toLowerCase()) return undefined;
  }
  return parameters;
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw new ArmError(400, 'InvalidRequestUri', `The path segment '${segment}' is not validly encoded.`);
  }
}

function checkSubscription(asked: string | undefined, own: string): void {
  if (asked === undefined || asked.toLowerCase() === own.toLowerCase()) return;
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(asked)) {
    throw new ArmError(
      400,
      'InvalidSubscriptionId',
      `The provided subscription identifier '${asked}' is malformed or invalid.`,
    );
  }
  throw new ArmError(404, 'SubscriptionNotFound', `The subscription '${asked}' could not be found.`);
}

function refusal(request: ArmRequest, segments: readonly string[], otherMethod: boolean): ArmError {
  if (otherMethod) {
    return new ArmError(
      405,
      'HttpMethodNotAllowed',
      `The sandbox does not serve '${request.method}' on '${request.path}'.`,
    );
  }
  const at = segments.findIndex((segment) => segment.toLowerCase() === 'providers');
  const namespace = at < 0 ? undefined : segments[at + 1];
  const type = at < 0 ? undefined : segments[at + 2];
  if (namespace === undefined || type === undefined) {
    return new ArmError(
      404,
      'NotFound',
      `No HTTP resource was found that matches the request URI '${request.path}'.`,
    );
  }
  if (findProvider(namespace) === undefined) {
    return new ArmError(404, 'InvalidResourceNamespace', `The resource namespace '${namespace}' is invalid.`);
  }
  const version = queryValue(request.query, 'api-version') ?? '';
  return new ArmError(
    404,
    'InvalidResourceType',
    `The resource type '${type}' could not be found in the namespace '${namespace}' for api version '${version}'.`,
  );
}
