import { createHash } from 'node:crypto';
import type { KubeObject } from '../../../kube/objects.ts';
import { type FieldError, invalidValue, oneOf, required } from '../validation/field-error.ts';
import { dnsLabel } from '../validation/names.ts';
import { type ClusterView, type KindRules, setDefault } from './kind-rules.ts';

interface ServicePort {
  name?: string;
  port?: number;
  targetPort?: number | string;
  protocol?: string;
}

export interface Service extends KubeObject {
  spec: {
    type?: string;
    clusterIP?: string;
    clusterIPs?: string[];
    ports?: ServicePort[];
    [field: string]: unknown;
  };
}

export const serviceRules: KindRules<Service> = {
  checkName: dnsLabel,
  setDefaults(service) {
    service.spec ??= {};
    setDefault(service.spec, 'type', 'ClusterIP');
    setDefault(service.spec, 'sessionAffinity', 'None');
    if (service.spec.type !== 'ExternalName') setDefault(service.spec, 'internalTrafficPolicy', 'Cluster');
    for (const port of service.spec.ports ?? []) {
      setDefault(port, 'protocol', 'TCP');
      if (port.port !== undefined) setDefault(port, 'targetPort', port.port);
    }
  },
  prepareCreate(service, cluster) {
    service.status = { loadBalancer: {} };
    if (service.spec.type === 'ExternalName') return;
    setDefault(service.spec, 'clusterIP', freeAddress(service, cluster));
    service.spec.clusterIPs = [service.spec.clusterIP ?? 'None'];
    // Nobody knows of what family the endpoints of such a service are.
    const both = service.spec.clusterIP === 'None' && service.spec.selector === undefined;
    setDefault(service.spec, 'ipFamilies', both ? ['IPv4', 'IPv6'] : ['IPv4']);
    setDefault(service.spec, 'ipFamilyPolicy', both ? 'RequireDualStack' : 'SingleStack');
  },
  prepareUpdate(service, old) {
    for (const field of ['clusterIP', 'clusterIPs', 'ipFamilies', 'ipFamilyPolicy']) {
      if (old.spec[field] !== undefined) setDefault(service.spec, field, old.spec[field]);
    }
  },
  validate: ({ spec }) => [
    ...oneOf('spec.type', spec.type, ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort']),
    ...validatePorts(spec),
  ],
};

function validatePorts({ ports = [], type, clusterIP }: Service['spec']): FieldError[] {
  if (ports.length === 0 && type !== 'ExternalName' && clusterIP !== 'None') return [required('spec.ports')];
  return ports.flatMap(({ port, name }, index) => [
    ...(port !== undefined && port >= 1 && port <= 65535
      ? []
      : [invalidValue(`spec.ports[${index}].port`, port ?? 0, 'must be between 1 and 65535, inclusive')]),
    ...(ports.length > 1 && (name ?? '') === '' ? [required(`spec.ports[${index}].name`)] : []),
  ]);
}

/** An address of 10.96.0.0/16 that no service has, the same again for the same name where it is free. */
function freeAddress({ metadata }: Service, cluster: ClusterView): string {
  const taken = new Set(cluster.list<Service>('/services', undefined).map(({ spec }) => spec.clusterIP));
  const start = createHash('sha256')
    .update(`${metadata.namespace}/${metadata.name}`)
    .digest()
    .readUInt16BE(0);
  for (let step = 0; step < 65534; step++) {
    const number = ((start + step) % 65534) + 1;
    const address = `10.96.${number >> 8}.${number & 255}`;
    if (!taken.has(address)) return address;
  }
  return 'None';
}
