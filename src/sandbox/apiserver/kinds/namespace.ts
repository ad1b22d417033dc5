import type { KubeObject } from '../../../kube/objects.ts';
import { dnsLabel } from '../validation/names.ts';
import type { KindRules } from './kind-rules.ts';

export interface Namespace extends KubeObject {
  spec?: { finalizers?: string[] };
  status?: { phase?: 'Active' | 'Terminating' };
}

/** Namespaces that a cluster cannot be without. */
export const fixedNamespaces = ['default', 'kube-system', 'kube-public', 'kube-node-lease'];

export const namespaceRules: KindRules<Namespace> = {
  checkName: (name) => (name.includes('.') ? ['must not contain dots'] : dnsLabel(name)),
  setDefaults({ metadata }) {
    const name = metadata.name ?? '';
    metadata.labels = { ...metadata.labels, 'kubernetes.io/metadata.name': name };
  },
  prepareCreate(namespace) {
    // Emptied by the namespace loop through /finalize, once everything in it is gone.
    namespace.spec = { finalizers: ['kubernetes'] };
    namespace.status = { phase: 'Active' };
  },
  prepareUpdate(namespace, old) {
    if (old.spec !== undefined) namespace.spec = old.spec;
  },
};
