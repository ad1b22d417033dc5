import type { AwsRequest, AwsResponse } from '../http/aws-request.ts';
import type { Refusal } from '../http/refusal.ts';
import { type Xml, xmlDocument } from './xml.ts';

/** A request of the query protocol, which STS and EC2 speak: form fields with an `Action`. */
export interface QueryRequest {
  readonly action: string;
  readonly fields: URLSearchParams;
}

/** Undefined where the request has no Action. */
export function parseQueryRequest(request: AwsRequest): QueryRequest | undefined {
  const fields = new URLSearchParams(
    request.method === 'POST' ? request.body.toString('utf8') : request.rawQuery,
  );
  const action = fields.get('Action');
  return action === null ? undefined : { action, fields };
}

/** `<ActionResponse><ActionResult>…` as STS answers. */
export function queryResponse(action: string, namespace: string, result: Xml): AwsResponse {
  return xmlResponse(
    200,
    xmlDocument(
      `${action}Response`,
      { [`${action}Result`]: result, ResponseMetadata: { RequestId: crypto.randomUUID() } },
      namespace,
    ),
  );
}

export function queryError({ status, code, message }: Refusal): AwsResponse {
  return xmlResponse(
    status,
    xmlDocument('ErrorResponse', {
      Error: { Type: status < 500 ? 'Sender' : 'Receiver', Code: code, Message: message },
      RequestId: crypto.randomUUID(),
    }),
  );
}

export function xmlResponse(status: number, body: string): AwsResponse {
  return { status, headers: { 'Content-Type': 'text/xml' }, body };
}
