import type { Container, Pod } from '../../../kube/objects.ts';
import { nanoOf } from '../schema/quantity.ts';
import {
  duplicateValue,
  type FieldError,
  forbiddenField,
  invalidValue,
  oneOf,
  required,
  valueNotFound,
} from '../validation/field-error.ts';
import { dnsLabel, dnsSubdomain } from '../validation/names.ts';

type PodSpec = Pod['spec'];

/** The findings about a pod's spec; `field` is its path. */
export function validatePodSpec(spec: PodSpec | undefined, field: string): FieldError[] {
  const containers = spec?.containers ?? [];
  const volumes = (spec?.volumes ?? []).map(({ name }) => name);
  return [
    ...validateVolumes(spec?.volumes ?? [], `${field}.volumes`),
    ...(containers.length === 0 ? [required(`${field}.containers`)] : []),
    ...validateContainers(containers, volumes, `${field}.containers`, []),
    ...validateContainers(spec?.initContainers ?? [], volumes, `${field}.initContainers`, containers),
    ...oneOf(`${field}.restartPolicy`, spec?.restartPolicy, ['Always', 'OnFailure', 'Never']),
    ...oneOf(`${field}.dnsPolicy`, spec?.dnsPolicy, [
      'ClusterFirstWithHostNet',
      'ClusterFirst',
      'Default',
      'None',
    ]),
    ...((spec?.nodeName ?? '') === ''
      ? []
      : dnsSubdomain(spec?.nodeName ?? '').map((detail) =>
          invalidValue(`${field}.nodeName`, spec?.nodeName, detail),
        )),
  ];
}

function validateVolumes(volumes: NonNullable<PodSpec['volumes']>, field: string): FieldError[] {
  const seen = new Set<string>();
  return volumes.flatMap((volume, index) => {
    const at = `${field}[${index}]`;
    const errors = validateName(volume.name, `${at}.name`, seen);
    const sources = Object.keys(volume).filter((key) => key !== 'name');
    for (const source of sources.slice(1)) {
      errors.push(forbiddenField(`${at}.${source}`, 'may not specify more than 1 volume type'));
    }
    if (volume.persistentVolumeClaim !== undefined && (volume.persistentVolumeClaim.claimName ?? '') === '') {
      errors.push(required(`${at}.persistentVolumeClaim.claimName`));
    }
    const csi = volume.csi as { driver?: string } | undefined;
    if (csi !== undefined && (csi.driver ?? '') === '') errors.push(required(`${at}.csi.driver`));
    const hostPath = volume.hostPath as { path?: string } | undefined;
    if (hostPath !== undefined && (hostPath.path ?? '') === '') errors.push(required(`${at}.hostPath.path`));
    return errors;
  });
}

function validateName(name: string | undefined, field: string, seen: Set<string>): FieldError[] {
  if (name === undefined || name === '') return [required(field)];
  if (seen.has(name)) return [duplicateValue(field, name)];
  seen.add(name);
  return dnsLabel(name).map((detail) => invalidValue(field, name, detail));
}

function validateContainers(
  containers: readonly Container[],
  volumes: readonly string[],
  field: string,
  others: readonly Container[],
): FieldError[] {
  const seen = new Set(others.map(({ name }) => name));
  return containers.flatMap((container, index) => {
    const at = `${field}[${index}]`;
    return [
      ...validateName(container.name, `${at}.name`, seen),
      ...((container.image ?? '') === '' ? [required(`${at}.image`)] : []),
      ...oneOf(`${at}.imagePullPolicy`, container.imagePullPolicy, ['Always', 'IfNotPresent', 'Never']),
      ...validateMounts(container.volumeMounts ?? [], volumes, `${at}.volumeMounts`),
      ...(container.env ?? []).flatMap(({ name }, number) =>
        validateVariable(name ?? '', `${at}.env[${number}].name`),
      ),
      ...validateContainerPorts(container.ports as Port[] | undefined, `${at}.ports`),
      ...validateResources(container.resources as Resources | undefined, `${at}.resources`),
    ];
  });
}

function validateVariable(name: string, field: string): FieldError[] {
  if (name === '') return [required(field)];
  const rule =
    "a valid environment variable name must consist only of printable ASCII characters other than '='";
  return /^[ -<>-~]+$/.test(name) ? [] : [invalidValue(field, name, rule)];
}

interface Port {
  readonly containerPort?: number;
}

function validateContainerPorts(ports: readonly Port[] = [], field: string): FieldError[] {
  return ports.flatMap(({ containerPort }, index) => {
    const at = `${field}[${index}].containerPort`;
    if (containerPort === undefined) return [required(at)];
    return containerPort >= 1 && containerPort <= 65535
      ? []
      : [invalidValue(at, containerPort, 'must be between 1 and 65535, inclusive')];
  });
}

interface Resources {
  readonly limits?: Readonly<Record<string, string>>;
  readonly requests?: Readonly<Record<string, string>>;
}

function validateResources({ limits = {}, requests = {} }: Resources = {}, field: string): FieldError[] {
  return Object.entries(requests).flatMap(([name, request]) => {
    const limit = limits[name];
    return limit === undefined || nanoOf(request) <= nanoOf(limit)
      ? []
      : [
          invalidValue(
            `${field}.requests`,
            request,
            `must be less than or equal to ${name} limit of ${limit}`,
          ),
        ];
  });
}

function validateMounts(
  mounts: NonNullable<Container['volumeMounts']>,
  volumes: readonly string[],
  field: string,
): FieldError[] {
  const paths = new Set<string>();
  return mounts.flatMap((mount, index) => {
    const at = `${field}[${index}]`;
    const errors: FieldError[] = [];
    if ((mount.name ?? '') === '') errors.push(required(`${at}.name`));
    else if (!volumes.includes(mount.name)) errors.push(valueNotFound(`${at}.name`, mount.name));
    if ((mount.mountPath ?? '') === '') errors.push(required(`${at}.mountPath`));
    else if (paths.has(mount.mountPath))
      errors.push(invalidValue(`${at}.mountPath`, mount.mountPath, 'must be unique'));
    paths.add(mount.mountPath);
    if (mount.subPath?.startsWith('/'))
      errors.push(invalidValue(`${at}.subPath`, mount.subPath, 'must be a relative path'));
    if (mount.subPath?.split('/').includes('..')) {
      errors.push(invalidValue(`${field}.subPath`, mount.subPath, "must not contain '..'"));
    }
    return errors;
  });
}
