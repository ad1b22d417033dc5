import type { KubeObject } from '../../../kube/objects.ts';
import { type FieldError, invalidValue, oneOf, required } from '../validation/field-error.ts';
import { pathSegment } from '../validation/names.ts';
import { type KindRules, sameJson, setDefault } from './kind-rules.ts';

const rbacGroup = 'rbac.authorization.k8s.io';

interface Role extends KubeObject {
  rules?: { verbs?: string[] }[] | null;
}

interface RoleBinding extends KubeObject {
  roleRef: { apiGroup?: string; kind?: string; name?: string };
  subjects?: { apiGroup?: string; kind?: string; name?: string; namespace?: string }[];
}

/** Stored, not enforced: whoever holds a token of the sandbox may do everything. */
export const roleRules: KindRules<Role> = {
  checkName: pathSegment,
  validate: ({ rules }) =>
    (rules ?? []).flatMap(({ verbs }, index) =>
      (verbs ?? []).length > 0
        ? []
        : [required(`rules[${index}].verbs`, 'verbs must contain at least one value')],
    ),
};

export const roleBindingRules: KindRules<RoleBinding> = {
  checkName: pathSegment,
  setDefaults(binding) {
    binding.roleRef ??= {};
    setDefault(binding.roleRef, 'apiGroup', rbacGroup);
    for (const subject of binding.subjects ?? []) {
      if (subject.kind !== 'ServiceAccount') setDefault(subject, 'apiGroup', rbacGroup);
    }
  },
  validate: ({ roleRef, subjects = [] }) => [
    ...oneOf('roleRef.kind', roleRef.kind ?? '', ['ClusterRole', 'Role']),
    ...((roleRef.name ?? '') === '' ? [required('roleRef.name')] : []),
    ...subjects.flatMap(({ kind, name, namespace }, index): FieldError[] => [
      ...((name ?? '') === '' ? [required(`subjects[${index}].name`)] : []),
      ...oneOf(`subjects[${index}].kind`, kind ?? '', ['Group', 'ServiceAccount', 'User']),
      ...(kind === 'ServiceAccount' && (namespace ?? '') === ''
        ? [required(`subjects[${index}].namespace`)]
        : []),
    ]),
  ],
  validateUpdate: ({ roleRef }, old) =>
    sameJson(roleRef, old.roleRef) ? [] : [invalidValue('roleRef', roleRef, 'cannot change roleRef')],
};
