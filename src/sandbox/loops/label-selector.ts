/** metav1.LabelSelector: all of `matchLabels` and all of `matchExpressions` must hold; an empty one takes everything. */
export interface LabelSelector {
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly matchExpressions?: readonly unknown[];
}

interface Requirement {
  readonly key: string;
  readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
  readonly values?: readonly string[];
}

export function matchesSelector(
  selector: LabelSelector | undefined,
  labels: Readonly<Record<string, string>> = {},
): boolean {
  const equalities = Object.entries(selector?.matchLabels ?? {});
  if (!equalities.every(([key, value]) => labels[key] === value)) return false;
  // The API server has checked their form.
  return (selector?.matchExpressions ?? []).every((one) => meets(one as Requirement, labels));
}

function meets(
  { key, operator, values = [] }: Requirement,
  labels: Readonly<Record<string, string>>,
): boolean {
  const value = labels[key];
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
  }
}
