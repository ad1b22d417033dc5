import type { KubeObject } from '../../../kube/objects.ts';
import { badRequest } from '../http/status-error.ts';
import { eventFromEventsV1, eventToEventsV1 } from '../kinds/event.ts';
import { apiVersionOf, type ResourceDefinition } from '../resources/resource-definition.ts';
import { pruneCustom } from './custom-schema.ts';
import { DecodeError, decode } from './decode.ts';

export interface DecodedObject {
  readonly object: KubeObject;
  readonly unknownFields: readonly string[];
}

type View = Pick<ResourceDefinition, 'group' | 'kind' | 'type' | 'custom' | 'storedAs'>;

/**
 * Reads a request's object as the resource's type in its stored form.
 * @throws StatusError BadRequest for another kind or version, or a value of the wrong type.
 */
export function decodeObject(definition: View, version: string, value: unknown): DecodedObject {
  const { kind } = definition;
  const wanted = apiVersionOf(definition.group, version);
  if (value !== null && !isFields(value)) {
    const type = Array.isArray(value) ? 'array' : typeof value;
    throw badRequest(
      `the object provided is unrecognized (must be of type ${kind}): couldn't get version/kind; json parse error: json: cannot unmarshal ${type}`,
    );
  }
  const fields = value ?? {};
  checkKind(fields, wanted, kind);
  if (definition.custom !== undefined && fields.kind === undefined) {
    throw badRequest(
      `the object provided is unrecognized (must be of type ${kind}): Object 'Kind' is missing in '${JSON.stringify(fields)}'`,
    );
  }
  try {
    const decoded =
      definition.type === undefined
        ? decodeCustomObject(definition, version, fields)
        : decode(definition.type, { ...fields, apiVersion: wanted, kind });
    const object = decoded.value as KubeObject;
    object.metadata ??= {};
    return { object: toStored(definition, object), unknownFields: decoded.unknownFields };
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    throw badRequest(`${kind} in version "${version}" cannot be handled as a ${kind}: ${error.message}`, {
      cause: error,
    });
  }
}

/**
 * Reads a body that is no stored object, such as the options of a deletion.
 * @throws StatusError BadRequest
 */
export function decodeBody(type: string, value: unknown): Record<string, unknown> {
  try {
    return decode(type, value).value;
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    throw badRequest(error.message, { cause: error });
  }
}

function decodeCustomObject(definition: View, version: string, fields: Record<string, unknown>) {
  const schema = definition.custom?.get(version)?.schema;
  const metadata = decode('V1ObjectMeta', fields.metadata ?? {}).value;
  return pruneCustom(schema, { ...fields, metadata });
}

function checkKind(fields: Record<string, unknown>, wanted: string, kind: string): void {
  const { apiVersion, kind: given } = fields;
  if (apiVersion !== undefined && apiVersion !== wanted) {
    throw badRequest(
      `the API version in the data (${String(apiVersion)}) does not match the expected API version (${wanted})`,
    );
  }
  if (given !== undefined && given !== kind) {
    throw badRequest(`the kind in the data (${String(given)}) does not match the expected kind (${kind})`);
  }
}

function isFields(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const isSecondView = ({ group, storedAs }: View) => group === 'events.k8s.io' && storedAs === '/events';

function toStored(definition: View, object: KubeObject): KubeObject {
  return isSecondView(definition) ? eventFromEventsV1(object) : object;
}

/** The stored object's text as this resource and version show it. */
export function encodeStored(definition: View, version: string, json: string): string {
  if (!isSecondView(definition) && definition.custom === undefined) return json;
  const apiVersion = apiVersionOf(definition.group, version);
  // A stored object begins with its apiVersion where it is already in the wanted one.
  if (json.startsWith(`{"apiVersion":${JSON.stringify(apiVersion)}`)) return json;
  return JSON.stringify(viewOfStored(definition, version, JSON.parse(json) as KubeObject));
}

/** The same as an item of a list: items of a built-in kind have neither apiVersion nor kind, the list says it. */
export function encodeItem(definition: View, version: string, json: string): string {
  const text = encodeStored(definition, version, json);
  if (definition.custom !== undefined) return text;
  const head = /^\{"apiVersion":"[^"]*","kind":"[^"]*",/.exec(text)?.[0];
  return head === undefined ? text : `{${text.slice(head.length)}`;
}

export function viewOfStored(definition: View, version: string, object: KubeObject): KubeObject {
  if (isSecondView(definition)) return eventToEventsV1(object);
  return { ...object, apiVersion: apiVersionOf(definition.group, version) };
}
