import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CloudConfigError } from '../cloud-config-error.ts';
import { readAwsEnvironment } from './aws-environment.ts';

test('without settings AWS’ own endpoints are used, and the machine tells its region', () => {
  assert.deepEqual(readAwsEnvironment({}), {
    region: undefined,
    endpoints: { efs: undefined, sts: undefined },
    metadataEndpoint: 'http://169.254.169.254',
    caFile: undefined,
    useFips: false,
    useDualStack: false,
  });
});

test('the endpoint of a service goes before the one of all', () => {
  const { endpoints } = readAwsEnvironment({
    AWS_ENDPOINT_URL: 'https://all.example/',
    AWS_ENDPOINT_URL_STS: 'https://sts.example',
  });
  assert.deepEqual(endpoints, { efs: 'https://all.example', sts: 'https://sts.example' });
});

test('endpoints may be ignored, the metadata service switched off or asked by IPv6', () => {
  const ignored = { AWS_ENDPOINT_URL: 'https://all.example', AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true' };
  assert.equal(readAwsEnvironment(ignored).endpoints.efs, undefined);
  assert.equal(readAwsEnvironment({ AWS_EC2_METADATA_DISABLED: 'true' }).metadataEndpoint, undefined);
  assert.equal(
    readAwsEnvironment({ AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE: 'IPv6' }).metadataEndpoint,
    'http://[fd00:ec2::254]',
  );
});

test('AWS_REGION goes before AWS_DEFAULT_REGION; empty is not set', () => {
  assert.equal(
    readAwsEnvironment({ AWS_REGION: '', AWS_DEFAULT_REGION: 'us-gov-west-1' }).region,
    'us-gov-west-1',
  );
  assert.equal(
    readAwsEnvironment({ AWS_REGION: 'eu-west-1', AWS_DEFAULT_REGION: 'us-east-1' }).region,
    'eu-west-1',
  );
});

for (const [name, value] of [
  ['AWS_REGION', 'evil.example/'],
  ['AWS_ENDPOINT_URL', 'localhost:4566'],
  ['AWS_USE_FIPS_ENDPOINT', 'maybe'],
] as const) {
  test(`${name}=${value} is refused by its name`, () => {
    assert.throws(
      () => readAwsEnvironment({ [name]: value }),
      (error) => error instanceof CloudConfigError && error.source === name,
    );
  });
}
