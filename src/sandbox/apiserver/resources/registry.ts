import { builtinResources } from './builtin-resources.ts';
import { qualifiedResource, type ResourceDefinition } from './resource-definition.ts';

/** The resources served at this moment: the built-in ones and those of every CustomResourceDefinition. */
export interface ResourceRegistry {
  all(): readonly ResourceDefinition[];
  find(group: string, version: string, plural: string): ResourceDefinition | undefined;
  findByKind(group: string, kind: string): ResourceDefinition | undefined;
  setCustom(definition: ResourceDefinition): void;
  removeCustom(group: string, plural: string): void;
  /** Counts up whenever the answer of `all` changes. */
  generation(): number;
}

export function createRegistry(): ResourceRegistry {
  const definitions = new Map(builtinResources.map((one) => [qualifiedResource(one), one]));
  let generation = 0;
  return {
    all: () => [...definitions.values()],
    find(group, version, plural) {
      const found = definitions.get(qualifiedResource({ group, plural }));
      return found?.versions.includes(version) ? found : undefined;
    },
    findByKind: (group, kind) =>
      [...definitions.values()].find((one) => one.group === group && one.kind === kind),
    setCustom(definition) {
      definitions.set(qualifiedResource(definition), definition);
      generation++;
    },
    removeCustom(group, plural) {
      definitions.delete(qualifiedResource({ group, plural }));
      generation++;
    },
    generation: () => generation,
  };
}
