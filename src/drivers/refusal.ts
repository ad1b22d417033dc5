import { CsiError, type CsiErrorCode } from '../csi/errors.ts';
import type { Finding } from './driver-module.ts';

/** One thing wrong with what was asked for. A request fails with the first; `berth explain` lists them all. */
export interface Refusal {
  readonly code: CsiErrorCode;
  /** The field in the manifest, e.g. `parameters.sku-name`. */
  readonly field: string;
  /** Carries the text of the upstream driver where there is one. */
  readonly message: string;
  /** What to do about it, as an instruction. */
  readonly fix?: string;
  /** Who could settle it otherwise, so that a look at the manifest alone does not prove it wrong. */
  readonly dependsOn?: 'cluster' | 'region';
}

/** Throws the first refusal as the CsiError a caller sees; returns where there is none. */
export function throwFirst(refusals: readonly Refusal[]): void {
  const [first] = refusals;
  if (first === undefined) return;
  throw new CsiError(first.code, sentence(first));
}

/** Some of Azure's and upstream's texts end with a full stop, which belongs to the text that people search for. */
function sentence({ message, fix }: Refusal): string {
  if (fix === undefined) return message;
  return message.endsWith('.')
    ? `${message} ${fix.charAt(0).toUpperCase()}${fix.slice(1)}`
    : `${message}: ${fix}`;
}

export function refusalToFinding(refusal: Refusal): Finding {
  return { severity: 'error', field: refusal.field, message: refusal.message, fix: refusal.fix };
}
