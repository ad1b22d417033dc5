import type { VolumeCapability } from './gen/csi.ts';
import { secretFields } from './gen/secret-fields.ts';

const STRIPPED = '***stripped***';

/**
 * Kubernetes hands service account tokens to a driver in the volume context, which the protocol does not mark as
 * secret; drivers that logged it leaked them (CVE-2024-3744).
 */
const TOKENS_KEY = 'csi.storage.k8s.io/serviceAccount.tokens';

/** What the protocol does not mark and a log must not show all the same, by field. */
const unmarked: Readonly<Record<string, (value: unknown) => unknown>> = {
  volumeContext: withoutTokens,
  volumeCapability: withoutFlagValues,
  volumeCapabilities: (list) => (Array.isArray(list) ? list.map(withoutFlagValues) : list),
};

/** A copy of a CSI message that may be logged: fields marked `csi_secret` are replaced, in nested messages too. */
export function stripSecrets(messageName: string, message: object): object {
  return strip(messageName, message, secretFields);
}

/** As `stripSecrets`, by a table of the form of `secretFields`. */
export function strip(
  messageName: string,
  message: object,
  table: Readonly<Record<string, Readonly<Record<string, string>>>>,
): object {
  const fields = table[messageName] ?? {};
  return Object.fromEntries(
    Object.entries(message).map(([name, value]) => {
      const mark = fields[name];
      if (mark === 'secret') return [name, isEmpty(value) ? value : STRIPPED];
      if (unmarked[name] !== undefined) return [name, unmarked[name](value)];
      if (mark === undefined || typeof value !== 'object' || value === null) return [name, value];
      const inner = (item: object) => strip(mark, item, table);
      return [name, Array.isArray(value) ? value.map(inner) : inner(value)];
    }),
  );
}

function isEmpty(value: unknown): boolean {
  return (
    value === undefined ||
    value === '' ||
    (typeof value === 'object' && Object.keys(value ?? {}).length === 0)
  );
}

function withoutTokens(context: unknown): unknown {
  if (typeof context !== 'object' || context === null || !(TOKENS_KEY in context)) return context;
  return { ...context, [TOKENS_KEY]: STRIPPED };
}

/** CSI: mount flags "MAY contain sensitive information" (`password=…`). Their names are enough to follow what was asked. */
function withoutFlagValues(capability: unknown): unknown {
  const { accessType } = (capability ?? {}) as Partial<VolumeCapability>;
  if (accessType?.$case !== 'mount') return capability;
  const mountFlags = accessType.mount.mountFlags.map((flag) => flag.replace(/=.*/s, `=${STRIPPED}`));
  const mount = { ...accessType.mount, mountFlags };
  return { ...(capability as VolumeCapability), accessType: { ...accessType, mount } };
}
