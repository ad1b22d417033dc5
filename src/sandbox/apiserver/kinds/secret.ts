import type { KubeObject, Secret } from '../../../kube/objects.ts';
import {
  type FieldError,
  forbiddenField,
  immutable,
  invalidValue,
  required,
} from '../validation/field-error.ts';
import { validConfigKey } from '../validation/names.ts';
import { type KindRules, sameJson, setDefault } from './kind-rules.ts';

/** Keys that the type promises to its readers. */
const requiredKeys: Readonly<Record<string, readonly string[]>> = {
  'kubernetes.io/tls': ['tls.crt', 'tls.key'],
  'kubernetes.io/dockerconfigjson': ['.dockerconfigjson'],
  'kubernetes.io/dockercfg': ['.dockercfg'],
  'kubernetes.io/ssh-auth': ['ssh-privatekey'],
};

/** Kubernetes' limit of a Secret's or ConfigMap's data. */
const MAX_DATA_BYTES = 1024 * 1024;

export const secretRules: KindRules<Secret> = {
  setDefaults(secret) {
    setDefault(secret, 'type', 'Opaque');
    const plain = secret.stringData as Record<string, string> | undefined;
    if (plain === undefined) return;
    const encoded = Object.entries(plain).map(([key, value]) => [key, Buffer.from(value).toString('base64')]);
    secret.data = { ...secret.data, ...Object.fromEntries(encoded) };
    delete secret.stringData;
  },
  validate: (secret) => [
    ...validateData(secret.data, (value) => Buffer.byteLength(value, 'base64')),
    ...(requiredKeys[secret.type ?? ''] ?? [])
      .filter((key) => secret.data?.[key] === undefined)
      .map((key) => required(`data[${key}]`)),
  ],
  validateUpdate: (secret, old) => [
    ...(secret.type === old.type ? [] : [immutable('type', secret.type)]),
    ...validateImmutableData(secret, old, ['data']),
  ],
};

interface ConfigMap extends KubeObject {
  data?: Record<string, string>;
  binaryData?: Record<string, string>;
}

export const configMapRules: KindRules<ConfigMap> = {
  validate: (configMap) => [
    ...validateData(configMap.data, (value) => Buffer.byteLength(value), '[]'),
    ...validateData(configMap.binaryData, (value) => Buffer.byteLength(value, 'base64'), '[]'),
    ...Object.keys(configMap.data ?? {})
      .filter((key) => configMap.binaryData?.[key] !== undefined)
      .map((key) => invalidValue(`data[${key}]`, key, 'duplicate of key present in binaryData')),
  ],
  validateUpdate: (configMap, old) => validateImmutableData(configMap, old, ['data', 'binaryData']),
};

function validateData(
  data: Record<string, string> = {},
  bytesOf: (value: string) => number,
  whole = 'data',
): FieldError[] {
  const bytes = Object.values(data).reduce((sum, value) => sum + bytesOf(value), 0);
  return [
    ...Object.keys(data).flatMap((key) =>
      validConfigKey(key).map((detail) => invalidValue(`data[${key}]`, key, detail)),
    ),
    ...(bytes > MAX_DATA_BYTES
      ? [{ field: whole, type: 'too-long', detail: `may not be more than ${MAX_DATA_BYTES} bytes` } as const]
      : []),
  ];
}

function validateImmutableData(object: KubeObject, old: KubeObject, fields: readonly string[]): FieldError[] {
  if (old.immutable !== true) return [];
  return [
    ...(object.immutable === true
      ? []
      : [forbiddenField('immutable', 'field is immutable when `immutable` is set')]),
    ...fields
      .filter((field) => !sameJson(object[field] ?? {}, old[field] ?? {}))
      .map((field) => forbiddenField(field, 'field is immutable when `immutable` is set')),
  ];
}
