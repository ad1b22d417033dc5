import type { Container, Pod } from '../../../kube/objects.ts';
import { type FieldError, forbiddenField } from '../validation/field-error.ts';
import { type KindRules, sameJson, setDefault } from './kind-rules.ts';
import { setPodSpecDefaults } from './pod-defaults.ts';
import { validatePodSpec } from './pod-validation.ts';

export const podRules: KindRules<Pod> = {
  setDefaults(pod) {
    // A pod without a spec is refused by validation, which wants something to look at.
    pod.spec ??= { containers: [] };
    setPodSpecDefaults(pod.spec);
    setDefault(pod.spec, 'enableServiceLinks', true);
  },
  prepareCreate(pod) {
    pod.status = { phase: 'Pending', qosClass: qosClass(pod) };
    setDefault(pod.spec, 'serviceAccountName', 'default');
    pod.spec.serviceAccount = pod.spec.serviceAccountName;
    tolerateUnreadyNodes(pod);
    setDefault(pod.spec, 'priority', 0);
    setDefault(pod.spec, 'preemptionPolicy', 'PreemptLowerPriority');
  },
  validate: (pod) => validatePodSpec(pod.spec, 'spec'),
  validateUpdate: validatePodUpdate,
};

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
  return sameJson(fixedPart(pod.spec), fixedPart(old.spec)) ? [] : [forbiddenField('spec', mayNotChange)];
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
