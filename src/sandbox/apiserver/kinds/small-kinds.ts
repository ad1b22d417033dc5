import type { KubeObject } from '../../../kube/objects.ts';
import { invalidValue } from '../validation/field-error.ts';
import { type KindRules, setDefault } from './kind-rules.ts';

interface Lease extends KubeObject {
  spec?: { leaseDurationSeconds?: number; leaseTransitions?: number };
}

export const leaseRules: KindRules<Lease> = {
  validate: ({ spec = {} }) => [
    ...((spec.leaseDurationSeconds ?? 1) > 0
      ? []
      : [invalidValue('spec.leaseDurationSeconds', spec.leaseDurationSeconds, 'must be greater than 0')]),
    ...((spec.leaseTransitions ?? 0) >= 0
      ? []
      : [invalidValue('spec.leaseTransitions', spec.leaseTransitions, 'must be greater than or equal to 0')]),
  ],
};

interface DisruptionBudget extends KubeObject {
  spec?: { minAvailable?: unknown; maxUnavailable?: unknown };
}

export const disruptionBudgetRules: KindRules<DisruptionBudget> = {
  validate: ({ spec = {} }) =>
    spec.minAvailable === undefined || spec.maxUnavailable === undefined
      ? []
      : [invalidValue('spec', spec, 'minAvailable and maxUnavailable cannot be both set')],
};

interface PriorityClass extends KubeObject {
  preemptionPolicy?: string;
}

export const priorityClassRules: KindRules<PriorityClass> = {
  setDefaults(priorityClass) {
    setDefault(priorityClass, 'preemptionPolicy', 'PreemptLowerPriority');
  },
};

interface EndpointPort {
  name?: string;
  protocol?: string;
}

interface EndpointSlice extends KubeObject {
  ports?: EndpointPort[];
}

export const endpointSliceRules: KindRules<EndpointSlice> = {
  setDefaults({ ports = [] }) {
    for (const port of ports) {
      setDefault(port, 'name', '');
      setDefault(port, 'protocol', 'TCP');
    }
  },
};

interface Endpoints extends KubeObject {
  subsets?: { ports?: EndpointPort[] }[];
}

export const endpointsRules: KindRules<Endpoints> = {
  setDefaults({ subsets = [] }) {
    for (const { ports = [] } of subsets) for (const port of ports) setDefault(port, 'protocol', 'TCP');
  },
};
