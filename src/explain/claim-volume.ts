import { parseQuantity } from '../units/quantity.ts';
import type { Claim } from './claim-request.ts';
import type { Manifest } from './manifest.ts';
import { quantityAt, textAt, textsAt } from './object-fields.ts';
import { classNamed, ofKind, type Workspace } from './workspace.ts';

/** Where a claim's volume comes from, as far as the files tell. */
export type ClaimVolume =
  | { readonly from: 'class'; readonly storageClass: Manifest }
  | { readonly from: 'volume'; readonly volume: Manifest }
  | { readonly from: 'missing-class'; readonly name: string }
  | { readonly from: 'missing-volume'; readonly name: string }
  | { readonly from: 'default-class' }
  | { readonly from: 'no-match' };

/** Kubernetes' rule: a volume that is named, or one that fits, or else the class makes one. */
export function volumeOf(claim: Claim, workspace: Workspace): ClaimVolume {
  const volumes = ofKind(workspace, 'PersistentVolume');
  const named = textAt(claim.spec, 'volumeName');
  if (named !== undefined && named !== '') {
    const volume = volumes.find(({ name }) => name === named);
    return volume === undefined ? { from: 'missing-volume', name: named } : { from: 'volume', volume };
  }
  const className = textAt(claim.spec, 'storageClassName');
  const fitting = volumes.find((volume) => fits(claim, volume, className ?? ''));
  if (fitting !== undefined) return { from: 'volume', volume: fitting };
  if (className === undefined) return { from: 'default-class' };
  if (className === '') return { from: 'no-match' };
  const storageClass = classNamed(workspace, className);
  return storageClass === undefined
    ? { from: 'missing-class', name: className }
    : { from: 'class', storageClass };
}

function fits(claim: Claim, { value }: Manifest, className: string): boolean {
  const bound = textAt(value, 'spec', 'claimRef', 'name');
  if (bound !== undefined)
    return (
      bound === claim.name &&
      (textAt(value, 'spec', 'claimRef', 'namespace') ?? 'default') === claim.namespace
    );
  if ((textAt(value, 'spec', 'storageClassName') ?? '') !== className) return false;
  const has = parseQuantity(quantityAt(value, 'spec', 'capacity', 'storage') ?? '') ?? 0n;
  const wants = parseQuantity(quantityAt(claim.spec, 'resources', 'requests', 'storage') ?? '') ?? 0n;
  const modes = textsAt(value, 'spec', 'accessModes');
  return has >= wants && textsAt(claim.spec, 'accessModes').every((mode) => modes.includes(mode));
}
