import { type AwsResponse, jsonResponse } from '../http/aws-request.ts';
import { findAccessPoint } from './access-points.ts';
import { parseBody } from './body-reader.ts';
import type { EfsCall, EfsContext } from './efs-context.ts';
import { findFileSystem } from './find-file-system.ts';
import { idOf } from './resource-names.ts';
import type { Tags } from './resources.ts';
import { mergeTags, readTags, wireTags } from './tags.ts';

/** POST /2015-02-01/resource-tags/{id} */
export function tagResource(context: EfsContext, call: EfsCall): AwsResponse {
  const { tags, keep } = tagged(context, call);
  keep(mergeTags(tags, readTags(parseBody(call.body))));
  return jsonResponse(200);
}

/** DELETE /2015-02-01/resource-tags/{id}?tagKeys=… */
export function untagResource(context: EfsContext, call: EfsCall): AwsResponse {
  const { tags, keep } = tagged(context, call);
  const gone = new Set(call.query.getAll('tagKeys'));
  keep(Object.fromEntries(Object.entries(tags).filter(([key]) => !gone.has(key))));
  return jsonResponse(200);
}

/** GET /2015-02-01/resource-tags/{id} */
export function listTagsForResource(context: EfsContext, call: EfsCall): AwsResponse {
  return jsonResponse(200, { Tags: wireTags(tagged(context, call).tags) });
}

function tagged(
  context: EfsContext,
  call: EfsCall,
): { readonly tags: Tags; readonly keep: (tags: Tags) => void } {
  const id = idOf(call.parameters.resourceId ?? '');
  if (id.startsWith('fsap-')) {
    const accessPoint = findAccessPoint(context, call, id);
    return {
      tags: accessPoint.tags,
      keep: (tags) => context.accessPoints.put({ ...accessPoint, tags }),
    };
  }
  const fileSystem = findFileSystem(context, call, id);
  return { tags: fileSystem.tags, keep: (tags) => context.fileSystems.put({ ...fileSystem, tags }) };
}
