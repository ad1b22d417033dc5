import type { Container, KubeObject, Pod } from '../../../kube/objects.ts';
import { forbidden } from '../http/status-error.ts';
import { type FieldError, forbiddenField } from '../validation/field-error.ts';
import { type ClusterView, type KindRules, sameJson, setDefault } from './kind-rules.ts';
import { setPodSpecDefaults } from './pod-defaults.ts';
import { validatePodSpec } from './pod-validation.ts';

export const podRules: KindRules<Pod> = {
  setDefaults(pod) {
    // A pod without a spec is refused by validation, which wants something to look at.
    pod.spec ??= { containers: [] };
    setPodSpecDefaults(pod.spec);
    setDefault(pod.spec, 'enableServiceLinks', true);
  },
  prepareCreate(pod, cluster) {
    pod.status = { phase: 'Pending', qosClass: qosClass(pod) };
    setDefault(pod.spec, 'serviceAccountName', 'default');
    pod.spec.serviceAccount = pod.spec.serviceAccountName;
    tolerateUnreadyNodes(pod);
    setPriority(pod, cluster);
    setDefault(pod.spec, 'preemptionPolicy', 'PreemptLowerPriority');
  },
  validate: (pod) => validatePodSpec(pod.spec, 'spec'),
  validateUpdate: validatePodUpdate,
};

interface PriorityClass extends KubeObject {
  readonly value?: number;
}

const systemPriorities: Readonly<Record<string, number>> = {
  'system-cluster-critical': 2_000_000_000,
  'system-node-critical': 2_000_001_000,
};

/** Admission plugin Priority. */
function setPriority({ metadata, spec }: Pod, cluster: ClusterView): void {
  const name = String(spec.priorityClassName ?? '');
  const found = cluster.get<PriorityClass>('scheduling.k8s.io/priorityclasses', '', name);
  const value = name === '' ? 0 : (systemPriorities[name] ?? found?.value);
  if (value === undefined) {
    const pods = { group: '', plural: 'pods', kind: 'Pod' };
    throw forbidden(pods, metadata.name ?? '', `no PriorityClass with name ${name} was found`);
  }
  setDefault(spec, 'priority', value);
}

/** Admission plugin DefaultTolerationSeconds: five minutes on a node that is not ready, unless the pod says otherwise. */
function tolerateUnreadyNodes({ spec }: Pod): void {
  const tolerations = (spec.tolerations ?? []) as Toleration[];
  const missing = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'].filter(
    (taint) =>
      !tolerations.some(
        ({ key = '', effect = '' }) =>
          (key === taint || key === '') && (effect === 'NoExecute' || effect === ''),
      ),
  );
  if (missing.length === 0) return;
  spec.tolerations = [
    ...tolerations,
    ...missing.map((key) => ({ key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 })),
  ];
}

interface Toleration {
  readonly key?: string;
  readonly effect?: string;
}

interface Resources {
  readonly limits?: Record<string, string>;
  readonly requests?: Record<string, string>;
}

function qosClass(pod: Pod): 'Guaranteed' | 'Burstable' | 'BestEffort' {
  const containers = [...pod.spec.containers, ...(pod.spec.initContainers ?? [])];
  const resources = containers.map((one) => (one.resources ?? {}) as Resources);
  const counted = (list: Record<string, string> = {}) =>
    ['cpu', 'memory'].filter((name) => list[name] !== undefined);
  if (resources.every(({ limits, requests }) => counted(limits).length + counted(requests).length === 0)) {
    return 'BestEffort';
  }
  const guaranteed = resources.every(
    ({ limits, requests }) =>
      counted(limits).length === 2 && counted(limits).every((name) => limits?.[name] === requests?.[name]),
  );
  return guaranteed ? 'Guaranteed' : 'Burstable';
}

const mayNotChange =
  'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,' +
  '`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),' +
  '`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)';

function validatePodUpdate(pod: Pod, old: Pod): FieldError[] {
  return [
    ...(sameJson(fixedPart(pod.spec), fixedPart(old.spec)) ? [] : [forbiddenField('spec', mayNotChange)]),
    ...validateTolerations(tolerationsOf(pod), tolerationsOf(old)),
  ];
}

const tolerationsOf = ({ spec }: Pod) => (spec.tolerations ?? []) as readonly object[];

function validateTolerations(tolerations: readonly object[], old: readonly object[]): FieldError[] {
  const withoutSeconds = (toleration: object) => ({ ...toleration, tolerationSeconds: undefined });
  const kept = old.every((one) =>
    tolerations.some((other) => sameJson(withoutSeconds(one), withoutSeconds(other))),
  );
  return kept
    ? []
    : [
        forbiddenField(
          'spec.tolerations',
          'existing toleration can not be modified except its tolerationSeconds',
        ),
      ];
}

/** The spec without what may change. A pod gets its node by a binding. */
function fixedPart(spec: Pod['spec']): unknown {
  const {
    containers,
    initContainers,
    activeDeadlineSeconds: _deadline,
    tolerations: _tolerations,
    schedulingGates: _gates,
    ...rest
  } = spec;
  return {
    ...rest,
    containers: withoutImages(containers),
    initContainers: withoutImages(initContainers ?? []),
  };
}

function withoutImages(containers: readonly Container[]): unknown {
  return containers.map(({ image: _image, ...rest }) => rest);
}
