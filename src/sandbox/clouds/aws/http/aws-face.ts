import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { buffer } from 'node:stream/consumers';
import type { HttpFace } from '../../http/listen-https.ts';
import type { AwsOutcome, AwsRequest } from './aws-request.ts';

/** `handle` over HTTP, each answer with a request id as AWS gives them. */
export function awsFace(handle: (request: AwsRequest) => Promise<AwsOutcome>): HttpFace {
  return {
    cloud: 'AWS',
    async answer(incoming) {
      const outcome = await handle(awsRequest(incoming, await buffer(incoming)));
      if (outcome === 'lost') return 'lost';
      const { status, headers, body } = outcome;
      return { status, headers: { 'x-amzn-RequestId': randomUUID(), ...headers }, body };
    },
    broken: () => ({ status: 500, headers: { 'x-amzn-ErrorType': 'InternalServerError' }, body: '{}' }),
  };
}

function awsRequest(incoming: IncomingMessage, body: Buffer): AwsRequest {
  const { headers, method = 'GET', url = '/' } = incoming;
  const [path = '/', rawQuery = ''] = url.split(/\?(.*)/s);
  return {
    method,
    path,
    rawQuery,
    query: new URLSearchParams(rawQuery),
    header: (name) => {
      const value = headers[name];
      return Array.isArray(value) ? value.join(',') : value;
    },
    authorization: headers.authorization,
    body,
  };
}
