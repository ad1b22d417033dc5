import type { KubeObject } from '../../../kube/objects.ts';
import type { Column } from './column.ts';

export interface TableOptions {
  /** What each row carries of its object: what `includeObject` asked for. */
  readonly includeObject: 'None' | 'Metadata' | 'Object';
  readonly headers: boolean;
  /** Milliseconds since the epoch, for ages. */
  readonly now: number;
}

/** `meta.k8s.io/v1` Table, as `kubectl get` reads it. `listMetadata` is the list's, or the single object's version. */
export function makeTable(
  columns: readonly Column[],
  objects: readonly KubeObject[],
  listMetadata: object,
  { includeObject, headers, now }: TableOptions,
): object {
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata: listMetadata,
    columnDefinitions: headers
      ? columns.map(({ name, type, format, description, priority }) => ({
          name,
          type,
          format,
          description,
          priority,
        }))
      : null,
    rows: objects.map((object) => ({
      cells: columns.map(({ cell }) => cell(object, now)),
      object: includeObject === 'Object' ? object : includeObject === 'None' ? null : partialMetadata(object),
    })),
  };
}

export function partialMetadata({ metadata }: KubeObject): object {
  return { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata };
}
