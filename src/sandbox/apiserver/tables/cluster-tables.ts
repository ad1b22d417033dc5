import type { KubeEvent, KubeObject } from '../../../kube/objects.ts';
import type { ResourceQuota } from '../kinds/resource-quota.ts';
import type { Service } from '../kinds/service.ts';
import { formatLabelSelector } from '../selectors/label-selector.ts';
import {
  ageColumn,
  at,
  type Column,
  countAt,
  counted,
  createdAtColumn,
  nameColumn,
  number,
  text,
  textAt,
  wide,
} from './column.ts';
import { ageOf } from './human-duration.ts';

const keysAt = (path: string) => (object: KubeObject) =>
  Object.keys((at(object, path) ?? {}) as object).length;

export const namespaceColumns: readonly Column[] = [
  nameColumn,
  text('Status', textAt('status.phase')),
  ageColumn,
];

export const nodeColumns: readonly Column[] = [
  nameColumn,
  text('Status', nodeStatus),
  text('Roles', nodeRoles),
  ageColumn,
  text('Version', textAt('status.nodeInfo.kubeletVersion')),
  wide('Internal-IP', nodeAddress('InternalIP')),
  wide('External-IP', nodeAddress('ExternalIP')),
  wide('OS-Image', textAt('status.nodeInfo.osImage', '<unknown>')),
  wide('Kernel-Version', textAt('status.nodeInfo.kernelVersion', '<unknown>')),
  wide('Container-Runtime', textAt('status.nodeInfo.containerRuntimeVersion', '<unknown>')),
];

function nodeStatus(node: KubeObject): string {
  const conditions = (at(node, 'status.conditions') ?? []) as { type: string; status: string }[];
  const ready = conditions.find(({ type }) => type === 'Ready');
  const word = ready === undefined ? 'Unknown' : ready.status === 'True' ? 'Ready' : 'NotReady';
  return at(node, 'spec.unschedulable') === true ? `${word},SchedulingDisabled` : word;
}

const rolePrefix = 'node-role.kubernetes.io/';

function nodeRoles({ metadata }: KubeObject): string {
  const labels = Object.entries(metadata.labels ?? {});
  const roles = labels.flatMap(([key, value]) => {
    if (key.startsWith(rolePrefix))
      return key.length > rolePrefix.length ? [key.slice(rolePrefix.length)] : [];
    return key === 'kubernetes.io/role' && value !== '' ? [value] : [];
  });
  return roles.sort().join(',') || '<none>';
}

function nodeAddress(type: string): (node: KubeObject) => string {
  return (node) =>
    ((at(node, 'status.addresses') ?? []) as { type: string; address: string }[]).find(
      (one) => one.type === type,
    )?.address ?? '<none>';
}

export const eventColumns: readonly Column<KubeEvent>[] = [
  text('Last Seen', (event, now) =>
    ageOf(
      event.series?.lastObservedTime ?? event.lastTimestamp ?? event.firstTimestamp ?? event.eventTime,
      now,
    ),
  ),
  text('Type', ({ type }) => type ?? ''),
  text('Reason', ({ reason }) => reason ?? ''),
  text('Object', ({ involvedObject: { kind, name } }) => `${(kind ?? '').toLowerCase()}/${name ?? ''}`),
  wide('Subobject', ({ involvedObject }) => involvedObject.fieldPath ?? ''),
  wide('Source', ({ source, reportingComponent, reportingInstance }) =>
    [source?.component ?? reportingComponent ?? '', source?.host ?? reportingInstance ?? '']
      .filter(Boolean)
      .join(', '),
  ),
  text('Message', ({ message }) => (message ?? '').trim()),
  wide('First Seen', (event, now) => ageOf(event.firstTimestamp ?? event.eventTime, now)),
  {
    ...counted<KubeEvent>('Count', ({ series, count }) => series?.count ?? count ?? 1),
    priority: 1,
  } as Column<KubeEvent>,
  { ...nameColumn, priority: 1 },
];

export const secretColumns: readonly Column[] = [
  nameColumn,
  text('Type', textAt('type')),
  counted('Data', keysAt('data')),
  ageColumn,
];

export const configMapColumns: readonly Column[] = [
  nameColumn,
  counted('Data', (object) => keysAt('data')(object) + keysAt('binaryData')(object)),
  ageColumn,
];

export const serviceAccountColumns: readonly Column[] = [nameColumn, ageColumn];

export const serviceColumns: readonly Column<Service>[] = [
  nameColumn,
  text('Type', textAt('spec.type')),
  text('Cluster-IP', textAt('spec.clusterIP', '<none>')),
  text('External-IP', ({ spec }) =>
    String(spec.externalName ?? (spec.type === 'LoadBalancer' ? '<pending>' : '<none>')),
  ),
  text(
    'Port(s)',
    ({ spec }) => (spec.ports ?? []).map(({ port, protocol }) => `${port}/${protocol}`).join(',') || '<none>',
  ),
  ageColumn,
  wide(
    'Selector',
    ({ spec }) =>
      formatLabelSelector({ matchLabels: (spec.selector ?? {}) as Record<string, string> }) || '<none>',
  ),
];

export const endpointsColumns: readonly Column[] = [
  nameColumn,
  text('Endpoints', (object) => {
    const subsets = (at(object, 'subsets') ?? []) as {
      addresses?: { ip: string }[];
      ports?: { port: number }[];
    }[];
    const pairs = subsets.flatMap(({ addresses = [], ports = [] }) =>
      addresses.flatMap(({ ip }) => ports.map(({ port }) => `${ip}:${port}`)),
    );
    return pairs.join(',') || '<none>';
  }),
  ageColumn,
];

export const endpointSliceColumns: readonly Column[] = [
  nameColumn,
  text('AddressType', textAt('addressType')),
  text(
    'Ports',
    (object) =>
      ((at(object, 'ports') ?? []) as { port?: number }[]).map(({ port }) => port).join(',') || '<unset>',
  ),
  text(
    'Endpoints',
    (object) =>
      ((at(object, 'endpoints') ?? []) as { addresses: string[] }[])
        .flatMap(({ addresses }) => addresses)
        .join(',') || '<unset>',
  ),
  ageColumn,
];

export const resourceQuotaColumns: readonly Column<ResourceQuota>[] = [
  nameColumn,
  text('Request', (quota) => quotaAmounts(quota, (name) => !name.startsWith('limits.'))),
  text('Limit', (quota) => quotaAmounts(quota, (name) => name.startsWith('limits.'))),
  ageColumn,
];

function quotaAmounts({ status }: ResourceQuota, chosen: (name: string) => boolean): string {
  const hard = Object.entries(status?.hard ?? {}).filter(([name]) => chosen(name));
  return hard
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, limit]) => `${name}: ${status?.used?.[name] ?? '0'}/${limit}`)
    .join(', ');
}

export const leaseColumns: readonly Column[] = [
  nameColumn,
  text('Holder', textAt('spec.holderIdentity')),
  ageColumn,
];

export const nameAndCreationColumns: readonly Column[] = [nameColumn, createdAtColumn];

interface Subject {
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
}

const subjects = (title: string, kind: string) =>
  wide(title, (object) =>
    ((at(object, 'subjects') ?? []) as Subject[])
      .filter((subject) => subject.kind === kind)
      .map(({ name, namespace }) => (namespace === undefined ? name : `${namespace}/${name}`))
      .join(', '),
  );

export const roleBindingColumns: readonly Column[] = [
  nameColumn,
  text('Role', (object) => `${textAt('roleRef.kind')(object)}/${textAt('roleRef.name')(object)}`),
  ageColumn,
  subjects('Users', 'User'),
  subjects('Groups', 'Group'),
  subjects('ServiceAccounts', 'ServiceAccount'),
];

export const disruptionBudgetColumns: readonly Column[] = [
  nameColumn,
  text('Min Available', textAt('spec.minAvailable', 'N/A')),
  text('Max Unavailable', textAt('spec.maxUnavailable', 'N/A')),
  number('Allowed Disruptions', countAt('status.disruptionsAllowed')),
  ageColumn,
];

export const priorityClassColumns: readonly Column[] = [
  nameColumn,
  number('Value', countAt('value')),
  { ...text('Global-Default', (object) => at(object, 'globalDefault') === true), type: 'boolean' },
  ageColumn,
  text('PreemptionPolicy', textAt('preemptionPolicy')),
];
