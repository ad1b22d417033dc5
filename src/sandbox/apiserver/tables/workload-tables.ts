import type { KubeObject } from '../../../kube/objects.ts';
import { formatLabelSelector, type LabelSelector } from '../selectors/label-selector.ts';
import { ageColumn, at, type Column, countAt, counted, nameColumn, number, text, wide } from './column.ts';

interface TemplateContainer {
  readonly name: string;
  readonly image?: string;
}

const containersOf = (object: KubeObject) =>
  (at(object, 'spec.template.spec.containers') ?? []) as TemplateContainer[];
const containers = wide('Containers', (object) =>
  containersOf(object)
    .map(({ name }) => name)
    .join(','),
);
const images = wide('Images', (object) =>
  containersOf(object)
    .map(({ image }) => image)
    .join(','),
);
const selector = wide('Selector', (object) =>
  formatLabelSelector(at(object, 'spec.selector') as LabelSelector),
);

const readyOf = (total: string) =>
  text('Ready', (object) => `${countAt('status.readyReplicas')(object)}/${countAt(total)(object)}`);

export const deploymentColumns: readonly Column[] = [
  nameColumn,
  readyOf('spec.replicas'),
  counted('Up-to-date', countAt('status.updatedReplicas')),
  counted('Available', countAt('status.availableReplicas')),
  ageColumn,
  containers,
  images,
  selector,
];

export const replicaSetColumns: readonly Column[] = [
  nameColumn,
  number('Desired', countAt('spec.replicas')),
  number('Current', countAt('status.replicas')),
  number('Ready', countAt('status.readyReplicas')),
  ageColumn,
  containers,
  images,
  selector,
];

export const statefulSetColumns: readonly Column[] = [
  nameColumn,
  readyOf('spec.replicas'),
  ageColumn,
  containers,
  images,
];

export const daemonSetColumns: readonly Column[] = [
  nameColumn,
  number('Desired', countAt('status.desiredNumberScheduled')),
  number('Current', countAt('status.currentNumberScheduled')),
  number('Ready', countAt('status.numberReady')),
  number('Up-to-date', countAt('status.updatedNumberScheduled')),
  number('Available', countAt('status.numberAvailable')),
  text('Node Selector', (object) => {
    const labels = at(object, 'spec.template.spec.nodeSelector') as Record<string, string> | undefined;
    return formatLabelSelector({ matchLabels: labels ?? {} }) || '<none>';
  }),
  ageColumn,
  containers,
  images,
  selector,
];

export const controllerRevisionColumns: readonly Column[] = [
  nameColumn,
  text('Controller', ({ metadata }) => {
    const owner = metadata.ownerReferences?.find(({ controller }) => controller === true);
    const group = owner?.apiVersion.split('/').slice(0, -1).join() ?? '';
    return owner === undefined
      ? '<none>'
      : `${owner.kind.toLowerCase()}${group === '' ? '' : `.${group}`}/${owner.name}`;
  }),
  number('Revision', countAt('revision')),
  ageColumn,
];
