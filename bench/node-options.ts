import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { repository } from '../conformance/testing/berth.ts';

/** NODE_OPTIONS as the chart gives them to the pods of a role, so that what is measured is what users run. */
export function nodeOptions(role: 'controller' | 'node'): string {
  const values = parse(readFileSync(join(repository, 'deploy/chart/berth/values.yaml'), 'utf8')) as Record<
    typeof role,
    { readonly nodeOptions: string }
  >;
  return values[role].nodeOptions;
}
