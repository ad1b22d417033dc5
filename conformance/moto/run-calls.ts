import { Agent } from 'node:https';
import { DescribeFileSystemsCommand, EFSClient } from '@aws-sdk/client-efs';
import { STSClient } from '@aws-sdk/client-sts';
import { type CallContext, calls } from './calls.ts';
import { type Answer, normalise, normaliseError } from './normalise.ts';

export interface Emulation {
  readonly url: string;
  readonly region: string;
  /** PEM of the authority of its certificate; undefined for plain HTTP. */
  readonly ca: string | undefined;
  readonly subnetId: string;
}

/** Makes every call in turn and gives what came of each, by its name. */
export async function runCalls({
  url,
  region,
  ca,
  subnetId,
}: Emulation): Promise<ReadonlyMap<string, Answer>> {
  const httpsAgent = ca === undefined ? undefined : new Agent({ ca });
  const settings = {
    region,
    endpoint: url,
    maxAttempts: 1,
    credentials: { accessKeyId: 'any', secretAccessKey: 'any' },
    ...(httpsAgent && { requestHandler: { httpsAgent } }),
  };
  const efs = new EFSClient(settings);
  const context: CallContext = {
    efs,
    sts: new STSClient(settings),
    subnetId,
    made: new Map(),
    settled: async (FileSystemId) => {
      const ask = new DescribeFileSystemsCommand({ FileSystemId });
      let state: string | undefined;
      while (state !== 'available') state = (await efs.send(ask)).FileSystems?.[0]?.LifeCycleState;
    },
  };
  const answers = new Map<string, Answer>();
  for (const { name, send } of calls) {
    answers.set(name, await send(context).then(normalise, normaliseError));
  }
  httpsAgent?.destroy();
  return answers;
}
