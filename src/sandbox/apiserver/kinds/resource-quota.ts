import type { KubeObject } from '../../../kube/objects.ts';
import { nanoOf } from '../schema/quantity.ts';
import { type FieldError, forbiddenField, invalidValue } from '../validation/field-error.ts';
import { qualifiedName } from '../validation/names.ts';
import type { KindRules } from './kind-rules.ts';

export interface ResourceQuota extends KubeObject {
  spec?: { hard?: Record<string, string>; scopes?: string[]; scopeSelector?: unknown };
  status?: { hard?: Record<string, string>; used?: Record<string, string> };
}

export const resourceQuotaRules: KindRules<ResourceQuota> = {
  setDefaults(quota) {
    quota.spec ??= {};
    quota.status ??= {};
  },
  validate: ({ spec }) => [
    ...scoped(spec),
    ...Object.entries(spec?.hard ?? {}).flatMap(([name, amount]) => [
      ...qualifiedName(name).map((detail) => invalidValue(`spec.hard[${name}]`, name, detail)),
      ...(nanoOf(amount) < 0n
        ? [invalidValue(`spec.hard[${name}]`, amount, 'must be greater than or equal to 0')]
        : []),
    ]),
  ],
};

/** A quota that would count other objects than it says is refused rather than half obeyed. */
function scoped(spec: ResourceQuota['spec'] = {}): FieldError[] {
  return (['scopes', 'scopeSelector'] as const)
    .filter((field) => spec[field] !== undefined)
    .map((field) => forbiddenField(`spec.${field}`, 'the sandbox enforces quotas without scopes only'));
}
