import type { KubeObject } from '../../../kube/objects.ts';
import type { CustomColumn } from '../resources/resource-definition.ts';
import { ageColumn, type Column, nameColumn } from './column.ts';
import { ageOf } from './human-duration.ts';

/** The columns of a custom resource: its additionalPrinterColumns, or the age where it has none. */
export function customColumns(columns: readonly CustomColumn[]): readonly Column[] {
  return [nameColumn, ...(columns.length === 0 ? [ageColumn] : columns.map(customColumn))];
}

function customColumn({ name, type, format, description, priority, jsonPath }: CustomColumn): Column {
  return {
    name,
    type: type as Column['type'],
    format: format ?? '',
    description: description ?? '',
    priority: priority ?? 0,
    cell: (object, now) => {
      const values = readJsonPath(object, jsonPath);
      if (values.length === 0) return type === 'date' ? '<unknown>' : null;
      if (type === 'date') return ageOf(values[0], now);
      if (type !== 'string') return values[0];
      return values.map((value) => (typeof value === 'string' ? value : JSON.stringify(value))).join(' ');
    },
  };
}

/** A field (with `\.` for a dot in its name), a quoted field, an index, or a filter on one. */
const step =
  /\.?((?:\\.|[^.[\]\\])+)|\['((?:[^'\\]|\\.)+)'\]|\[(\d+|\*)\]|\[\?\(@\.([\w.]+)\s*==\s*["']([^"']*)["']\)\]/gy;

/** The JSONPath that printer columns use: fields, indexes, `[*]` and `[?(@.type=="Ready")]`. */
export function readJsonPath(object: KubeObject, path: string): unknown[] {
  let values: unknown[] = [object];
  for (const [, plain, quoted, index, filterField, filterValue] of path.matchAll(step)) {
    const field = (plain ?? quoted)?.replace(/\\(.)/g, '$1');
    if (field !== undefined) values = values.map((value) => child(value, field));
    else if (index !== undefined) values = values.flatMap((value) => items(value, index));
    else if (filterField !== undefined) {
      values = values.flatMap((value) =>
        items(value, '*').filter(
          (item) => String(filterField.split('.').reduce(child, item)) === filterValue,
        ),
      );
    }
    values = values.filter((value) => value !== undefined && value !== null);
  }
  return values;
}

function child(value: unknown, field: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[field] : undefined;
}

function items(value: unknown, index: string): unknown[] {
  if (!Array.isArray(value)) return [];
  return index === '*' ? value : value.slice(Number(index), Number(index) + 1);
}
