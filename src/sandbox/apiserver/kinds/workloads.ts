import type { KubeObject, PersistentVolumeClaim, Pod } from '../../../kube/objects.ts';
import {
  formatLabelSelector,
  type LabelPredicate,
  type LabelSelector,
  parseLabelSelector,
} from '../selectors/label-selector.ts';
import {
  type FieldError,
  forbiddenField,
  immutable,
  invalidValue,
  notSupported,
  required,
} from '../validation/field-error.ts';
import { validateLabels } from '../validation/object-meta.ts';
import { type KindRules, sameJson, setDefault } from './kind-rules.ts';
import { validateClaimSpec } from './persistent-volume-claim.ts';
import { setPodSpecDefaults } from './pod-defaults.ts';
import { validatePodSpec } from './pod-validation.ts';

/** Deployment, ReplicaSet, StatefulSet, DaemonSet: a selector and a pod template. */
interface Workload extends KubeObject {
  spec: {
    replicas?: number;
    selector?: LabelSelector;
    template: { metadata?: { labels?: Record<string, string> }; spec: Pod['spec'] };
    [field: string]: unknown;
  };
}

function setWorkloadDefaults(workload: Workload): void {
  workload.spec ??= { template: { spec: { containers: [] } } };
  workload.spec.template ??= { spec: { containers: [] } };
  workload.spec.template.metadata ??= {};
  workload.spec.template.spec ??= { containers: [] };
  setPodSpecDefaults(workload.spec.template.spec);
  workload.status ??= {};
}

function rollingUpdate(
  workload: Workload,
  field: 'strategy' | 'updateStrategy',
  parameters: Record<string, unknown>,
) {
  const strategy = (workload.spec[field] ?? {}) as { type?: string; rollingUpdate?: object };
  setDefault(strategy, 'type', 'RollingUpdate');
  if (strategy.type === 'RollingUpdate')
    strategy.rollingUpdate = { ...parameters, ...strategy.rollingUpdate };
  workload.spec[field] = strategy;
}

function validateWorkload({ spec }: Workload): FieldError[] {
  const selector = spec.selector;
  const labels = spec.template.metadata?.labels ?? {};
  const empty = formatLabelSelector(selector) === '';
  const restartPolicy = spec.template.spec.restartPolicy;
  return [
    ...(selector === undefined ? [required('spec.selector')] : []),
    ...(selector !== undefined && empty
      ? [invalidValue('spec.selector', selector, 'empty selector is invalid for deployment')]
      : []),
    ...(selector !== undefined && (empty || matcher(selector)?.(labels) === true)
      ? []
      : [
          invalidValue(
            'spec.template.metadata.labels',
            spec.template.metadata?.labels ?? null,
            '`selector` does not match template `labels`',
          ),
        ]),
    ...((spec.replicas ?? 0) < 0
      ? [invalidValue('spec.replicas', spec.replicas, 'must be greater than or equal to 0')]
      : []),
    ...validateLabels(labels, 'spec.template.labels'),
    ...validatePodSpec(spec.template.spec, 'spec.template.spec'),
    ...(restartPolicy === 'Always'
      ? []
      : [notSupported('spec.template.spec.restartPolicy', restartPolicy, ['Always'])]),
  ];
}

function matcher(selector: LabelSelector | undefined): LabelPredicate | undefined {
  return parseLabelSelector(formatLabelSelector(selector));
}

function sameSelector(workload: Workload, old: Workload): FieldError[] {
  return sameJson(workload.spec.selector, old.spec.selector)
    ? []
    : [immutable('spec.selector', workload.spec.selector)];
}

export const deploymentRules: KindRules<Workload> = {
  setDefaults(deployment) {
    setWorkloadDefaults(deployment);
    setDefault(deployment.spec, 'replicas', 1);
    setDefault(deployment.spec, 'revisionHistoryLimit', 10);
    setDefault(deployment.spec, 'progressDeadlineSeconds', 600);
    rollingUpdate(deployment, 'strategy', { maxUnavailable: '25%', maxSurge: '25%' });
  },
  validate: validateWorkload,
  validateUpdate: sameSelector,
};

export const replicaSetRules: KindRules<Workload> = {
  setDefaults(replicaSet) {
    setWorkloadDefaults(replicaSet);
    setDefault(replicaSet.spec, 'replicas', 1);
  },
  validate: validateWorkload,
  validateUpdate: sameSelector,
};

export const daemonSetRules: KindRules<Workload> = {
  setDefaults(daemonSet) {
    setWorkloadDefaults(daemonSet);
    setDefault(daemonSet.spec, 'revisionHistoryLimit', 10);
    rollingUpdate(daemonSet, 'updateStrategy', { maxUnavailable: 1, maxSurge: 0 });
  },
  validate: validateWorkload,
  validateUpdate: sameSelector,
};

interface StatefulSet extends Workload {
  spec: Workload['spec'] & { volumeClaimTemplates?: PersistentVolumeClaim[] };
}

/** Each claim template becomes a volume of its name in the pods, so containers may mount it. */
function withClaimVolumes(statefulSet: StatefulSet): StatefulSet {
  const { spec } = statefulSet;
  const { template, volumeClaimTemplates = [] } = spec;
  const claimed = volumeClaimTemplates.map(({ metadata }) => ({ name: metadata.name ?? '' }));
  const others = (template.spec.volumes ?? []).filter(
    ({ name }) => !claimed.some((one) => one.name === name),
  );
  const volumes = [...others, ...claimed];
  return {
    ...statefulSet,
    spec: { ...spec, template: { ...template, spec: { ...template.spec, volumes } } },
  };
}

/** What a StatefulSet lets change; everything else is fixed. */
const changeable = [
  'replicas',
  'ordinals',
  'template',
  'updateStrategy',
  'revisionHistoryLimit',
  'persistentVolumeClaimRetentionPolicy',
  'minReadySeconds',
];

export const statefulSetRules: KindRules<StatefulSet> = {
  setDefaults(statefulSet) {
    setWorkloadDefaults(statefulSet);
    const { spec } = statefulSet;
    setDefault(spec, 'replicas', 1);
    setDefault(spec, 'revisionHistoryLimit', 10);
    setDefault(spec, 'podManagementPolicy', 'OrderedReady');
    setDefault(spec, 'persistentVolumeClaimRetentionPolicy', { whenDeleted: 'Retain', whenScaled: 'Retain' });
    rollingUpdate(statefulSet, 'updateStrategy', { partition: 0 });
    for (const claim of spec.volumeClaimTemplates ?? []) {
      setDefault(claim, 'kind', 'PersistentVolumeClaim');
      setDefault(claim, 'apiVersion', 'v1');
      setDefault(claim.spec, 'volumeMode', 'Filesystem');
      claim.status = { phase: 'Pending' };
    }
  },
  validate: (statefulSet) => [
    ...validateWorkload(withClaimVolumes(statefulSet)),
    ...(statefulSet.spec.volumeClaimTemplates ?? []).flatMap((claim, index) =>
      validateClaimSpec(claim.spec, `spec.volumeClaimTemplates[${index}].spec`),
    ),
  ],
  validateUpdate(statefulSet, old) {
    const fixed = ({ spec }: StatefulSet) =>
      Object.fromEntries(Object.entries(spec).filter(([field]) => !changeable.includes(field)));
    if (sameJson(fixed(statefulSet), fixed(old))) return [];
    const list = changeable
      .map((field) => `'${field}'`)
      .join(', ')
      .replace(/, ([^,]*)$/, ' and $1');
    return [
      forbiddenField('spec', `updates to statefulset spec for fields other than ${list} are forbidden`),
    ];
  },
};
