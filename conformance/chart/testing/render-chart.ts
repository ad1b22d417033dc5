import assert from 'node:assert/strict';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { repository } from '../../testing/berth.ts';
import { type Finished, run } from '../../testing/run.ts';
import { findTool } from '../../tools/find-tool.ts';
import { helm } from '../../tools/tools.ts';
import type { ChartObject, ClusterRole, Workload } from './chart-objects.ts';

export const chart = join(repository, 'deploy/chart/berth');

const found = findTool(helm);

/** Why charts cannot be rendered on this machine, or false: for `skip`. */
export const helmRefusal: string | false = 'missing' in found && found.missing;

/** Runs the real helm; `values` go to its standard input, where the arguments say `--values -`. */
export function runHelm(
  args: readonly string[],
  { values, env }: { readonly values?: object; readonly env?: NodeJS.ProcessEnv } = {},
): Promise<Finished> {
  if ('missing' in found) throw new Error(found.missing);
  return run(found.path, args, { ...(env && { env }), ...(values && { input: JSON.stringify(values) }) });
}

/** `helm template` with these values, into namespace kube-system. */
export function tryRender(values: object): Promise<Finished> {
  return runHelm(['template', 'berth', chart, '--namespace', 'kube-system', '--values', '-'], { values });
}

/** The objects that the chart makes of these values. */
export async function renderChart(values: object = {}): Promise<readonly ChartObject[]> {
  const done = await tryRender(values);
  assert.equal(done.exitCode, 0, done.stderr);
  return parseAllDocuments(done.stdout)
    .map((document) => document.toJS() as ChartObject | null)
    .filter((object) => object !== null);
}

/** The one object of that kind and name. */
export function findObject(objects: readonly ChartObject[], kind: string, name: string): ChartObject {
  const matching = objects.filter((object) => object.kind === kind && object.metadata.name === name);
  const [object] = matching;
  assert.ok(
    object && matching.length === 1,
    `${kind} ${name}: ${matching.length} of them among ${objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`).join(', ')}`,
  );
  return object;
}

export const controllerOf = (objects: readonly ChartObject[]) =>
  findObject(objects, 'Deployment', 'csi-azurelustre-controller') as unknown as Workload;

export const nodeOf = (objects: readonly ChartObject[], flavour: string) =>
  findObject(objects, 'DaemonSet', `csi-azurelustre-node-${flavour}`) as unknown as Workload;

/** Rules as `apiGroup/resource: verbs`, for reading. */
export function rulesOf(objects: readonly ChartObject[], kind: 'Role' | 'ClusterRole', name: string) {
  const { rules } = findObject(objects, kind, name) as unknown as ClusterRole;
  return Object.fromEntries(
    rules.flatMap(({ apiGroups, resources, resourceNames, verbs }) =>
      resources.map((resource) => [
        [...apiGroups.filter((group) => group !== ''), resource, ...(resourceNames ?? [])].join(' '),
        verbs.join(' '),
      ]),
    ),
  );
}
