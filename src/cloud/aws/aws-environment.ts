import { CloudConfigError } from '../cloud-config-error.ts';
import type { Environment } from '../environment.ts';

/** What all of AWS' tools read from the environment, checked. Absent: AWS' own default. */
export interface AwsEnvironment {
  /** Absent: the region of the machine, by its instance metadata. */
  readonly region: string | undefined;
  readonly endpoints: { readonly efs: string | undefined; readonly sts: string | undefined };
  /** Of the instance metadata service; undefined where it is switched off. */
  readonly metadataEndpoint: string | undefined;
  /** PEM file with authorities to trust besides the system's. */
  readonly caFile: string | undefined;
  readonly useFips: boolean;
  readonly useDualStack: boolean;
}

const LINK_LOCAL_METADATA = { ipv4: 'http://169.254.169.254', ipv6: 'http://[fd00:ec2::254]' } as const;

/** Throws CloudConfigError for a value that cannot be meant. */
export function readAwsEnvironment(env: Environment): AwsEnvironment {
  const endpoint = (service: 'EFS' | 'STS') =>
    flag(env, 'AWS_IGNORE_CONFIGURED_ENDPOINT_URLS')
      ? undefined
      : (url(env, `AWS_ENDPOINT_URL_${service}`) ?? url(env, 'AWS_ENDPOINT_URL'));
  return {
    region: region(env, 'AWS_REGION') ?? region(env, 'AWS_DEFAULT_REGION'),
    endpoints: { efs: endpoint('EFS'), sts: endpoint('STS') },
    metadataEndpoint: metadataEndpoint(env),
    caFile: env.AWS_CA_BUNDLE || undefined,
    useFips: flag(env, 'AWS_USE_FIPS_ENDPOINT'),
    useDualStack: flag(env, 'AWS_USE_DUALSTACK_ENDPOINT'),
  };
}

function metadataEndpoint(env: Environment): string | undefined {
  if (flag(env, 'AWS_EC2_METADATA_DISABLED')) return undefined;
  const family = env.AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE?.toLowerCase() === 'ipv6' ? 'ipv6' : 'ipv4';
  return url(env, 'AWS_EC2_METADATA_SERVICE_ENDPOINT') ?? LINK_LOCAL_METADATA[family];
}

function region(env: Environment, name: string): string | undefined {
  const value = env[name];
  if (!value) return undefined;
  // It becomes part of a host name.
  if (/^[a-z]{2,}(-[a-z0-9]+)+$/.test(value)) return value;
  throw new CloudConfigError(name, `"${value}" is no region; write one such as eu-central-1`);
}

function url(env: Environment, name: string): string | undefined {
  const value = env[name];
  if (!value) return undefined;
  const parsed = URL.parse(value);
  if (parsed?.protocol !== 'https:' && parsed?.protocol !== 'http:') {
    throw new CloudConfigError(name, `"${value}" is no URL; write https://HOST[:PORT]`);
  }
  return value.replace(/\/+$/, '');
}

function flag(env: Environment, name: string): boolean {
  const value = env[name]?.toLowerCase();
  if (!value || value === 'false') return false;
  if (value === 'true') return true;
  throw new CloudConfigError(name, `"${env[name]}" is neither true nor false`);
}
