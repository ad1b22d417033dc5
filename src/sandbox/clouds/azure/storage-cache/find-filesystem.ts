import { resourceKey } from '../arm/resource-id.ts';
import type { RoutedRequest } from '../arm/router.ts';
import type { Cloud } from '../cloud.ts';
import { findResourceGroup, resourceNotFound } from '../resources/find-resource-group.ts';
import type { Filesystem } from './filesystem.ts';

/** The file system that a request's path names; throws ArmError where there is none. */
export function findFilesystem(cloud: Cloud, { parameters }: Pick<RoutedRequest, 'parameters'>): Filesystem {
  const group = findResourceGroup(cloud.state, parameters.resourceGroup ?? '');
  const name = parameters.name ?? '';
  const found = cloud.state.filesystems.get(resourceKey({ resourceGroup: group.name, name }));
  if (found === undefined) throw resourceNotFound('Microsoft.StorageCache/amlFilesystems', name, group.name);
  return found;
}
