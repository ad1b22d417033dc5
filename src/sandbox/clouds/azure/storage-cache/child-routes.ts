import type { Documents } from '../../state/state-file.ts';
import type { ArmError } from '../arm/arm-error.ts';
import { type ResourceName, resourceKey } from '../arm/resource-id.ts';
import type { Route, RoutedRequest } from '../arm/router.ts';
import type { Cloud } from '../cloud.ts';
import { resourceNotFound } from '../resources/find-resource-group.ts';
import { findFilesystem } from './find-filesystem.ts';

const FILE_SYSTEM =
  '/subscriptions/{subscriptionId}/resourceGroups/{resourceGroup}/providers/Microsoft.StorageCache/amlFilesystems/{name}';

type Handlers = { readonly [Verb in 'list' | 'get' | 'put' | 'patch' | 'delete']?: Route['handle'] };

/** The routes of one kind of resource below a file system; its name is the parameter `job`. */
export function jobRoutes(kind: string, handlers: Handlers): readonly Route[] {
  const collection = `${FILE_SYSTEM}/${kind}`;
  const methods = { list: 'GET', get: 'GET', put: 'PUT', patch: 'PATCH', delete: 'DELETE' } as const;
  return (Object.keys(methods) as (keyof Handlers)[]).flatMap((verb) => {
    const handle = handlers[verb];
    if (handle === undefined) return [];
    return {
      method: methods[verb],
      path: verb === 'list' ? collection : `${collection}/{job}`,
      namespace: 'Microsoft.StorageCache',
      type: `amlFilesystems/${kind}`,
      handle,
    };
  });
}

/** The entries of `documents` that lie below the file system of the request. */
export function jobsOf<T extends { readonly filesystem: ResourceName }>(
  cloud: Cloud,
  routed: RoutedRequest,
  documents: Documents<T>,
): readonly { readonly key: string; readonly value: T }[] {
  const filesystem = findFilesystem(cloud, routed);
  return documents.entries().filter(({ value }) => resourceKey(value.filesystem) === resourceKey(filesystem));
}

export function notFound(kind: string, { parameters }: RoutedRequest): ArmError {
  const { job = '', resourceGroup = '' } = parameters;
  return resourceNotFound(`Microsoft.StorageCache/amlFilesystems/${kind}`, job, resourceGroup);
}
