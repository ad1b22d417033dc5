import { systemClock } from '../../../async/clock.ts';
import { startAwsCloud } from '../../../sandbox/clouds/aws/start-aws-cloud.ts';
import { HOST, serverCertificate } from '../host.ts';
import { preferredPort } from '../ports.ts';
import type { CloudPart } from './cloud-part.ts';

export const awsCloud: CloudPart = {
  name: 'aws',
  async start(dir, { authority, earlier, timeScale, log }) {
    const aws = await startAwsCloud({
      stateDir: dir.root,
      host: HOST,
      port: await preferredPort(earlier.aws?.endpoint),
      metadataPort: await preferredPort(earlier.aws?.metadataEndpoint),
      tls: await serverCertificate(authority),
      timeScale,
      clock: systemClock,
      log: log.child({ part: 'aws' }),
    });
    const { url: endpoint, region, fileSystemId, metadataUrl: metadataEndpoint } = aws;
    const env = {
      // Whatever the user's own environment says of the real AWS has to stay outside.
      AWS_PROFILE: '',
      AWS_CONFIG_FILE: '',
      AWS_SHARED_CREDENTIALS_FILE: '',
      AWS_SESSION_TOKEN: '',
      AWS_ACCESS_KEY_ID: 'sandbox',
      AWS_SECRET_ACCESS_KEY: 'any secret is taken',
      AWS_REGION: region,
      AWS_ENDPOINT_URL: endpoint,
      AWS_ENDPOINT_URL_EFS: '',
      AWS_ENDPOINT_URL_STS: '',
      AWS_CA_BUNDLE: authority.caFile,
      AWS_EC2_METADATA_SERVICE_ENDPOINT: metadataEndpoint,
    };
    return {
      info: { aws: { endpoint, region, fileSystemId, metadataEndpoint } },
      controller: { env },
      node: { env },
      exports: { efs: aws.exports },
      close: () => aws.close(),
    };
  },
};
