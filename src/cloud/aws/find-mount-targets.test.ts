import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findMountTargets } from './find-mount-targets.ts';
import type { HttpRequest } from './http-request.ts';

const find = {
  fileSystemId: 'fs-0123',
  region: 'cn-north-1',
  endpoint: undefined,
  credentials: { accessKeyId: 'AKID', secretAccessKey: 'secret', sessionToken: 'a b+c' },
  now: Date.UTC(2026, 0, 2),
};
const signal = new AbortController().signal;

const target = (more: object) => ({ LifeCycleState: 'available', ...more });
const answering = (status: number, body: unknown) => {
  const requests: HttpRequest[] = [];
  const send = async (request: HttpRequest) => {
    requests.push(request);
    return { status, body: JSON.stringify(body) };
  };
  return { requests, send };
};

test("available mount targets are found in the region's own domain, by a signed request", async () => {
  const { requests, send } = answering(200, {
    MountTargets: [
      target({ IpAddress: '10.0.1.7', AvailabilityZoneName: 'cn-north-1a', AvailabilityZoneId: 'cnn1-az1' }),
      target({ Ipv6Address: 'fd00::7' }),
      target({ IpAddress: '10.0.3.7', LifeCycleState: 'creating' }),
    ],
  });
  assert.deepEqual(await findMountTargets(find, send, signal), [
    { address: '10.0.1.7', zone: 'cn-north-1a', zoneId: 'cnn1-az1' },
    { address: 'fd00::7', zone: undefined, zoneId: undefined },
  ]);
  const url = new URL(requests[0]?.url ?? '');
  assert.equal(url.origin, 'https://elasticfilesystem.cn-north-1.amazonaws.com.cn');
  assert.equal(url.searchParams.get('FileSystemId'), 'fs-0123');
  const { authorization = '', ...headers } = requests[0]?.headers ?? {};
  assert.equal(headers['x-amz-security-token'], 'a b+c');
  assert.match(
    authorization,
    /^AWS4-HMAC-SHA256 Credential=AKID\/20260102\/cn-north-1\/elasticfilesystem\/aws4_request, SignedHeaders=host;x-amz-date;x-amz-security-token, Signature=[0-9a-f]{64}$/,
  );
});

for (const [status, kind] of [
  [403, 'denied'],
  [404, 'file-system-not-found'],
  [500, 'unavailable'],
] as const) {
  test(`an answer with status ${status} is ${kind}`, async () => {
    await assert.rejects(findMountTargets(find, answering(status, {}).send, signal), { kind });
  });
}

test('no answer is told with the host that gave none', async () => {
  const send = async () => {
    throw new Error('ECONNREFUSED');
  };
  const endpoint = 'https://localhost:1';
  await assert.rejects(findMountTargets({ ...find, endpoint }, send, signal), {
    kind: 'unavailable',
    message: /localhost:1/,
  });
});
