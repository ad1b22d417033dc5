import type { ResourceRegistry } from '../resources/registry.ts';
import type { ResourceDefinition, Subresource } from '../resources/resource-definition.ts';

/** What a path under /api or /apis names. Without a name: the collection. */
export interface RequestTarget {
  readonly definition: ResourceDefinition;
  readonly version: string;
  /** Undefined for a cluster-wide resource, and for a namespaced one across all namespaces. */
  readonly namespace: string | undefined;
  readonly name: string | undefined;
  readonly subresource: Subresource | undefined;
}

/** Undefined where nothing is served at the path. */
export function parseRequestTarget(path: string, registry: ResourceRegistry): RequestTarget | undefined {
  const parts = decodeParts(path);
  if (parts === undefined) return undefined;
  const [root, ...rest] = parts;
  if (root === 'api') return parseInGroup('', rest, registry);
  const [group, ...inGroup] = rest;
  return root === 'apis' && group !== undefined && group !== ''
    ? parseInGroup(group, inGroup, registry)
    : undefined;
}

function decodeParts(path: string): string[] | undefined {
  try {
    return path
      .replace(/^\/|\/$/g, '')
      .split('/')
      .map(decodeURIComponent);
  } catch {
    return undefined;
  }
}

function parseInGroup(
  group: string,
  [version = '', ...rest]: readonly string[],
  registry: ResourceRegistry,
): RequestTarget | undefined {
  const named = rest[0] === 'namespaces' && rest.length >= 3;
  // /namespaces/x/status and /namespaces/x/finalize are the namespace's own.
  const namespaceItself = named && rest.length === 3 && (rest[2] === 'status' || rest[2] === 'finalize');
  const namespace = named && !namespaceItself ? rest[1] : undefined;
  const [plural, name, subresource, ...more] = namespace === undefined ? rest : rest.slice(2);
  const definition = registry.find(group, version, plural ?? '');
  if (definition === undefined || more.length > 0 || name === '' || namespace === '') return undefined;
  if (namespace !== undefined && !definition.namespaced) return undefined;
  if (name !== undefined && definition.namespaced && namespace === undefined) return undefined;
  if (subresource !== undefined && !definition.subresources.includes(subresource as Subresource))
    return undefined;
  return { definition, version, namespace, name, subresource: subresource as Subresource | undefined };
}
