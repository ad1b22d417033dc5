import { AwsError } from './aws-error.ts';
import type { SendHttp } from './http-request.ts';

/** The machine by its instance metadata service, in version 2 of its protocol (a session token for each request). */
export interface InstanceMetadata {
  /** A value below `/latest/`, e.g. `meta-data/placement/region`; undefined where there is none. Throws AwsError. */
  read(path: string, signal: AbortSignal): Promise<string | undefined>;
}

/** The service is on the machine's own link: without an answer within this time there is none. */
const timeoutMs = 2000;
const attempts = 3;

/** `endpoint` undefined: it is switched off, and every read throws kind `unavailable`. */
export function createInstanceMetadata(endpoint: string | undefined, send: SendHttp): InstanceMetadata {
  const exchange = async (
    method: 'GET' | 'PUT',
    path: string,
    headers: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ) => {
    if (endpoint === undefined) {
      throw new AwsError(
        'unavailable',
        'the instance metadata service is switched off by AWS_EC2_METADATA_DISABLED',
      );
    }
    for (let attempt = 1; ; attempt++) {
      try {
        const answer = await send({ method, url: `${endpoint}/latest/${path}`, headers, timeoutMs }, signal);
        if (answer.status < 500 || attempt === attempts) return answer;
      } catch (cause) {
        signal.throwIfAborted();
        if (attempt === attempts) throw noAnswer(endpoint, cause);
      }
    }
  };
  return {
    async read(path, signal) {
      const session = await exchange('PUT', 'api/token', tokenHeaders, signal);
      if (session.status !== 200) throw refused(endpoint, session.status);
      const answer = await exchange('GET', path, { 'x-aws-ec2-metadata-token': session.body }, signal);
      if (answer.status === 404) return undefined;
      if (answer.status !== 200) throw refused(endpoint, answer.status);
      return answer.body;
    },
  };
}

const tokenHeaders = { 'x-aws-ec2-metadata-token-ttl-seconds': '60', 'content-length': '0' };

function noAnswer(endpoint: string, cause: unknown): AwsError {
  return new AwsError(
    'unavailable',
    `no answer from the instance metadata service at ${endpoint}; in a pod without the host's network it needs a hop limit of 2`,
    { cause },
  );
}

function refused(endpoint: string | undefined, status: number): AwsError {
  return new AwsError(
    'unavailable',
    `the instance metadata service at ${endpoint} answered with status ${status}`,
    { status },
  );
}
