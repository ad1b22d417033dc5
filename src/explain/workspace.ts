import type { DriverModule, ExplainFace, ExplainOptions } from '../drivers/driver-module.ts';
import type { Manifest } from './manifest.ts';
import { textAt } from './object-fields.ts';

/** A driver with its explanations loaded. */
export interface ExplainedDriver extends Pick<DriverModule, 'name' | 'csiDriver'> {
  readonly explain: ExplainFace;
}

/** Everything the explanation of one object may look at. */
export interface Workspace {
  readonly manifests: readonly Manifest[];
  /** The drivers that the manifests name and this program has. */
  readonly drivers: ReadonlyMap<string, ExplainedDriver>;
  readonly driverNames: readonly string[];
  readonly options: ExplainOptions;
}

/** `default` where a manifest says nothing, as kubectl does. */
export function namespaceOf(manifest: Manifest): string {
  return manifest.namespace ?? 'default';
}

export function ofKind({ manifests }: Pick<Workspace, 'manifests'>, kind: string): readonly Manifest[] {
  return manifests.filter((manifest) => manifest.kind === kind);
}

export function classNamed(workspace: Workspace, name: string): Manifest | undefined {
  return ofKind(workspace, 'StorageClass').find((manifest) => manifest.name === name);
}

export function driverOf(workspace: Workspace, name: string | undefined): ExplainedDriver | undefined {
  return name === undefined ? undefined : workspace.drivers.get(name);
}

/** Names of drivers in use, for loading no more than those. */
export function namedDrivers(manifests: readonly Manifest[]): readonly string[] {
  const named = manifests.flatMap(({ kind, value }) => {
    if (kind === 'StorageClass') return textAt(value, 'provisioner') ?? [];
    if (kind === 'PersistentVolume') return textAt(value, 'spec', 'csi', 'driver') ?? [];
    return [];
  });
  return [...new Set(named)];
}
