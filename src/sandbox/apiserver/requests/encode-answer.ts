import type { KubeObject } from '../../../kube/objects.ts';
import { negotiate } from '../http/representation.ts';
import { encodeStored } from '../schema/codec.ts';
import type { ServerState } from '../server-state.ts';
import { columnsOf } from '../tables/columns-of.ts';
import { makeTable, partialMetadata } from '../tables/table.ts';
import type { Answer, TargetedRequest } from './api-request.ts';

/** One stored object in the form the client asked for. */
export function objectAnswer(
  state: ServerState,
  request: TargetedRequest,
  { json }: { readonly json: string },
  code = 200,
  warnings: readonly string[] = [],
): Answer {
  const { definition, version } = request.target;
  const { as, includeObject } = negotiate(request.headers, request.query);
  if (as === 'object') return { code, json: encodeStored(definition, version, json), warnings };
  const object = JSON.parse(json) as KubeObject;
  if (as === 'PartialObjectMetadata')
    return { code, json: JSON.stringify(partialMetadata(object)), warnings };
  const listMetadata = { resourceVersion: object.metadata.resourceVersion };
  const options = { includeObject, headers: true, now: state.clock.now() };
  const table = makeTable(columnsOf(definition, version), [object], listMetadata, options);
  return { code, json: JSON.stringify(table), warnings };
}
