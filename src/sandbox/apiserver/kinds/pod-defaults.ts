import type { Container, Pod } from '../../../kube/objects.ts';
import { setDefault } from './kind-rules.ts';

type PodSpec = Pod['spec'];
type Fields = Record<string, unknown>;

/** Defaults of a pod's spec, as of the template of a workload. */
export function setPodSpecDefaults(spec: PodSpec): void {
  // Without containers validation refuses it, and wants something to look at.
  setDefault(spec, 'containers', []);
  setDefault(spec, 'restartPolicy', 'Always');
  setDefault(spec, 'terminationGracePeriodSeconds', 30);
  if ((spec.terminationGracePeriodSeconds ?? 0) < 0) spec.terminationGracePeriodSeconds = 1;
  setDefault(spec, 'dnsPolicy', 'ClusterFirst');
  setDefault(spec, 'schedulerName', 'default-scheduler');
  setDefault(spec, 'securityContext', {});
  if (spec.serviceAccountName !== undefined) spec.serviceAccount = spec.serviceAccountName;
  for (const container of [...(spec.initContainers ?? []), ...(spec.containers ?? [])]) {
    setContainerDefaults(container, spec.hostNetwork === true);
  }
  for (const volume of spec.volumes ?? []) setVolumeDefaults(volume);
}

function setContainerDefaults(container: Container, hostNetwork: boolean): void {
  setDefault(container, 'imagePullPolicy', alwaysPulled(container.image ?? '') ? 'Always' : 'IfNotPresent');
  setDefault(container, 'terminationMessagePath', '/dev/termination-log');
  setDefault(container, 'terminationMessagePolicy', 'File');
  setDefault(container, 'resources', {});
  copyLimitsToRequests(container.resources as { limits?: Fields; requests?: Fields });
  for (const port of (container.ports ?? []) as Fields[]) {
    setDefault(port, 'protocol', 'TCP');
    if (hostNetwork) setDefault(port, 'hostPort', port.containerPort);
  }
  for (const probe of ['livenessProbe', 'readinessProbe', 'startupProbe']) {
    if (container[probe] !== undefined) setProbeDefaults(container[probe] as Fields);
  }
  for (const { valueFrom } of container.env ?? []) {
    if (valueFrom?.fieldRef !== undefined) setDefault(valueFrom.fieldRef as Fields, 'apiVersion', 'v1');
  }
}

function alwaysPulled(image: string): boolean {
  if (image.includes('@')) return false;
  const tag = /:([^/:]+)$/.exec(image)?.[1];
  return tag === undefined || tag === 'latest';
}

function copyLimitsToRequests(resources: { limits?: Fields; requests?: Fields }): void {
  for (const [name, value] of Object.entries(resources.limits ?? {})) {
    resources.requests ??= {};
    setDefault(resources.requests, name, value);
  }
}

function setProbeDefaults(probe: Fields): void {
  setDefault(probe, 'timeoutSeconds', 1);
  setDefault(probe, 'periodSeconds', 10);
  setDefault(probe, 'successThreshold', 1);
  setDefault(probe, 'failureThreshold', 3);
  if (probe.httpGet !== undefined) {
    setDefault(probe.httpGet as Fields, 'path', '/');
    setDefault(probe.httpGet as Fields, 'scheme', 'HTTP');
  }
}

/** 0644, as JSON has it. */
const defaultMode = 420;

function setVolumeDefaults(volume: Fields): void {
  const isSource = (key: string) => key !== 'name';
  if (!Object.keys(volume).some(isSource)) volume.emptyDir = {};
  for (const source of ['secret', 'configMap', 'projected', 'downwardAPI']) {
    if (volume[source] !== undefined) setDefault(volume[source] as Fields, 'defaultMode', defaultMode);
  }
  if (volume.hostPath !== undefined) setDefault(volume.hostPath as Fields, 'type', '');
  const claim = (volume.ephemeral as { volumeClaimTemplate?: Fields } | undefined)?.volumeClaimTemplate;
  if (claim !== undefined) {
    setDefault(claim, 'metadata', {});
    setDefault(claim, 'spec', {});
    setDefault(claim.spec as Fields, 'volumeMode', 'Filesystem');
  }
  const projected = (volume.projected as { sources?: Fields[] } | undefined)?.sources ?? [];
  for (const { serviceAccountToken } of projected) {
    if (serviceAccountToken !== undefined)
      setDefault(serviceAccountToken as Fields, 'expirationSeconds', 3600);
  }
}
