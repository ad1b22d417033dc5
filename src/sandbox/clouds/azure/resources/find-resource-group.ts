import { ArmError } from '../arm/arm-error.ts';
import type { AzureState } from '../state/open-state.ts';
import type { ResourceGroup } from './resource-group.ts';

/** Throws ArmError where there is none. */
export function findResourceGroup(state: AzureState, name: string): ResourceGroup {
  const group = state.resourceGroups.get(name.toLowerCase());
  if (group !== undefined) return group;
  throw new ArmError(404, 'ResourceGroupNotFound', `Resource group '${name}' could not be found.`);
}

/** ARM's answer for a resource that is not in a group that is. */
export function resourceNotFound(type: string, name: string, group: string): ArmError {
  return new ArmError(
    404,
    'ResourceNotFound',
    `The Resource '${type}/${name}' under resource group '${group}' was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix`,
  );
}
