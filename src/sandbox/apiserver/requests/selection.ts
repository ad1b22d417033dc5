import type { RequestTarget } from '../http/request-target.ts';
import { badRequest } from '../http/status-error.ts';
import { storedFieldName, supportedFields } from '../resources/selectable-fields.ts';
import { type FieldRequirement, matchesFields, parseFieldSelector } from '../selectors/field-selector.ts';
import { parseLabelSelector, SelectorError } from '../selectors/label-selector.ts';
import type { Entry, ObjectStore } from '../store/object-store.ts';

/** Which objects a list, watch or deletecollection is about. */
export interface Selection {
  readonly storedAs: string;
  readonly namespace: string | undefined;
  readonly fields: readonly FieldRequirement[];
  readonly matches: (entry: Entry) => boolean;
}

/** @throws StatusError BadRequest for a selector that cannot be read or names a field that cannot be selected by. */
export function parseSelection(target: RequestTarget, query: URLSearchParams): Selection {
  const { definition, namespace } = target;
  const { storedAs, group } = definition;
  try {
    const labels = parseLabelSelector(query.get('labelSelector') ?? undefined);
    const custom = definition.custom?.get(target.version)?.selectableFields ?? [];
    const renamed = query
      .get('fieldSelector')
      ?.split(/(?<!\\),/)
      .map((part) => storedFieldName(group, part))
      .join(',');
    const fields = parseFieldSelector(renamed, supportedFields(storedAs, custom));
    const matches = (entry: Entry) =>
      (namespace === undefined || entry.namespace === namespace) &&
      matchesFields(fields, entry.fields) &&
      (labels === undefined || labels(entry.labels));
    return { storedAs, namespace, fields, matches };
  } catch (error) {
    if (error instanceof SelectorError) throw badRequest(error.message, { cause: error });
    throw error;
  }
}

/** In order of namespace and name. */
export function select(store: ObjectStore, { storedAs, namespace, fields, matches }: Selection): Entry[] {
  const equal = (field: string) => fields.find((one) => one.field === field && one.operator === '=')?.value;
  const [name, inNamespace] = [equal('metadata.name'), namespace ?? equal('metadata.namespace')];
  if (name !== undefined && inNamespace !== undefined) {
    const entry = store.get(storedAs, inNamespace, name) ?? store.get(storedAs, '', name);
    return entry !== undefined && matches(entry) ? [entry] : [];
  }
  for (const { field, operator, value } of fields) {
    const found = operator === '=' ? store.lookup(storedAs, field, value) : undefined;
    if (found !== undefined) return [...found].filter(matches).sort(byName);
  }
  return store.list(storedAs, namespace).filter(matches);
}

function byName(a: Entry, b: Entry): number {
  if (a.namespace !== b.namespace) return a.namespace < b.namespace ? -1 : 1;
  return a.name < b.name ? -1 : 1;
}
