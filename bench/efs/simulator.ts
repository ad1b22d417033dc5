import { subscribe } from 'node:diagnostics_channel';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { startAwsCloud } from '../../src/sandbox/clouds/aws/start-aws-cloud.ts';
import { openAuthority } from '../../src/sandbox/pki/authority.ts';
import { countCall, noCalls } from './call-counts.ts';
import type { SimulatorOrder, SimulatorReport } from './simulated-efs.ts';

// The simulated AWS in a process of its own, so that its work is not taken for the controller's. It counts what reaches it.
const [stateDir = ''] = process.argv.slice(2);
const authority = await openAuthority(join(stateDir, 'pki'));
const names = { commonName: 'aws', dnsNames: ['localhost'], ipAddresses: ['127.0.0.1'] };
const cloud = await startAwsCloud({ stateDir, tls: await authority.issue(names) });

let counts = noCalls;
subscribe('http.server.response.finish', (message) => {
  const { request, response } = message as { request: IncomingMessage; response: ServerResponse };
  const error = String(response.getHeader('x-amzn-errortype') ?? '');
  counts = countCall(counts, { method: request.method ?? '', url: request.url ?? '', error });
});

const report = (message: SimulatorReport) => process.send?.(message);
process.on('message', ({ latencyMs, perSecond }: SimulatorOrder) => {
  cloud.faults.clear();
  if (latencyMs > 0) cloud.faults.set({ kind: 'slow', parameters: { milliseconds: latencyMs } });
  if (perSecond !== undefined)
    cloud.faults.set({ kind: 'request-rate', parameters: { perSecond, burst: perSecond } });
  report({ counts });
  counts = noCalls;
});
process.on('disconnect', () => process.exit(0));
report({
  env: {
    AWS_ENDPOINT_URL: cloud.url,
    AWS_CA_BUNDLE: authority.caFile,
    AWS_REGION: cloud.region,
    AWS_ACCESS_KEY_ID: 'any',
    AWS_SECRET_ACCESS_KEY: 'any',
    AWS_EC2_METADATA_SERVICE_ENDPOINT: cloud.metadataUrl,
  },
});
