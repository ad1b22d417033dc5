import type { IncomingHttpHeaders } from 'node:http';
import { StatusError } from './status-error.ts';

/** In which form the client wants objects. */
export interface Representation {
  readonly as: 'object' | 'Table' | 'PartialObjectMetadata';
  readonly includeObject: 'None' | 'Metadata' | 'Object';
}

/** Reads the Accept header: the first form in it that is served. Only JSON is; kubectl and client-go fall back to it. */
export function negotiate(headers: IncomingHttpHeaders, query: URLSearchParams): Representation {
  const accept = headers.accept ?? '*/*';
  const includeObject = readIncludeObject(query.get('includeObject'));
  for (const choice of accept.split(',')) {
    const [type = '', ...parameters] = choice.split(';').map((part) => part.trim());
    if (!['application/json', '*/*', 'application/*'].includes(type)) continue;
    const given = new Map(parameters.map((one) => one.split('=') as [string, string]));
    const as = given.get('as');
    if (as === undefined) return { as: 'object', includeObject };
    const known = as === 'Table' || as === 'PartialObjectMetadata' || as === 'PartialObjectMetadataList';
    if (!known || given.get('v') !== 'v1' || given.get('g') !== 'meta.k8s.io') continue;
    return { as: as === 'Table' ? 'Table' : 'PartialObjectMetadata', includeObject };
  }
  throw new StatusError(
    'NotAcceptable',
    'only the following media types are accepted: application/json, application/json;as=Table;v=v1;g=meta.k8s.io, application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io',
    {},
  );
}

function readIncludeObject(value: string | null): Representation['includeObject'] {
  if (value === null || value === '') return 'Metadata';
  if (value === 'None' || value === 'Object' || value === 'Metadata') return value;
  throw new StatusError(
    'BadRequest',
    `Unable to convert to Table as requested: includeObject: Invalid value: ${JSON.stringify(value)}: must be 'Metadata', 'Object', 'None', or empty`,
  );
}
