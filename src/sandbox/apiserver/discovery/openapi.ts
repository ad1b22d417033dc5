import { createHash } from 'node:crypto';
import type { ResourceRegistry } from '../resources/registry.ts';
import { apiVersionOf, type ResourceDefinition } from '../resources/resource-definition.ts';
import { openApiSchema, type ReferencePrefix, reachableTypes } from './openapi-schema.ts';
import { emptyOpenApiV2 } from './openapi-v2-protobuf.ts';

/** Documents of the API, made when first asked for and again when a CustomResourceDefinition comes or goes. */
export interface OpenApiDocuments {
  /** JSON text of `/openapi/v2`, `/openapi/v3` or a document below it; undefined where there is none. */
  find(path: string): string | undefined;
  /** `/openapi/v2` as protobuf. */
  protobuf(): string;
}

export function createOpenApiDocuments(registry: ResourceRegistry, version: string): OpenApiDocuments {
  let documents = new Map<string, string>();
  let generation = -1;
  return {
    protobuf: () => emptyOpenApiV2(infoOf(version)),
    find(path) {
      if (generation !== registry.generation()) {
        documents = new Map();
        generation = registry.generation();
      }
      const known = documents.get(path) ?? makeDocument(path, registry, version);
      if (known !== undefined) documents.set(path, known);
      return known;
    },
  };
}

const infoOf = (version: string) => ({ title: 'Kubernetes (Berth sandbox)', version });

function makeDocument(path: string, registry: ResourceRegistry, version: string): string | undefined {
  const info = infoOf(version);
  if (path === '/openapi/v2') return JSON.stringify(swagger(registry.all(), info));
  const groups = groupPaths(registry.all());
  if (path === '/openapi/v3') return JSON.stringify({ paths: index(groups, info) });
  const definitions = groups.get(path.replace(/^\/openapi\/v3\//, ''));
  return definitions === undefined ? undefined : JSON.stringify(openApiV3(definitions, info));
}

interface Served {
  readonly definition: ResourceDefinition;
  readonly version: string;
}

/** `apis/apps/v1` → what is served there. */
function groupPaths(definitions: readonly ResourceDefinition[]): Map<string, Served[]> {
  const groups = new Map<string, Served[]>();
  for (const definition of definitions) {
    for (const version of definition.versions) {
      const path = definition.group === '' ? `api/${version}` : `apis/${definition.group}/${version}`;
      groups.set(path, [...(groups.get(path) ?? []), { definition, version }]);
    }
  }
  return groups;
}

/** The hash lets clients keep a document until it changes. */
function index(groups: ReadonlyMap<string, Served[]>, info: object): object {
  const entries = [...groups].map(([path, served]) => {
    const hash = createHash('sha256')
      .update(JSON.stringify([info, served.map(fingerprint)]))
      .digest('hex')
      .toUpperCase();
    return [path, { serverRelativeURL: `/openapi/v3/${path}?hash=${hash}` }];
  });
  return Object.fromEntries(entries);
}

const fingerprint = ({ definition, version }: Served) => [definition.plural, definition.custom?.get(version)];

function openApiV3(served: readonly Served[], info: object): object {
  return {
    openapi: '3.0.0',
    info,
    paths: Object.assign({}, ...served.map(pathItems)) as object,
    components: { schemas: schemas(served, '#/components/schemas/') },
  };
}

function swagger(definitions: readonly ResourceDefinition[], info: object): object {
  const served = definitions.flatMap((definition) =>
    definition.versions.map((version) => ({ definition, version })),
  );
  return { swagger: '2.0', info, paths: {}, definitions: schemas(served, '#/definitions/') };
}

function schemas(served: readonly Served[], prefix: ReferencePrefix): object {
  const types = reachableTypes([
    ...served.flatMap(({ definition }) => definition.type ?? []),
    'V1ObjectMeta',
  ]);
  const result = new Map<string, object>(types.map((type) => [type, openApiSchema(type, prefix)]));
  for (const one of served) {
    const name = schemaName(one);
    const schema = result.get(name) ?? customSchema(one, prefix);
    result.set(name, { ...schema, 'x-kubernetes-group-version-kind': [groupVersionKind(one)] });
  }
  return Object.fromEntries(result);
}

function schemaName({ definition, version }: Served): string {
  return definition.type ?? `${definition.group}.${version}.${definition.kind}`;
}

function groupVersionKind({ definition, version }: Served): object {
  return { group: definition.group, version, kind: definition.kind };
}

function customSchema({ definition, version }: Served, prefix: ReferencePrefix): object {
  const schema = definition.custom?.get(version)?.schema;
  const metadata =
    prefix === '#/definitions/'
      ? { $ref: `${prefix}V1ObjectMeta` }
      : { allOf: [{ $ref: `${prefix}V1ObjectMeta` }] };
  return {
    ...schema,
    type: 'object',
    properties: { ...schema?.properties, apiVersion: { type: 'string' }, kind: { type: 'string' }, metadata },
  };
}

const patchParameters = ['dryRun', 'fieldManager', 'fieldValidation', 'force'].map((name) => ({
  name,
  in: 'query',
  schema: { type: name === 'force' ? 'boolean' : 'string', uniqueItems: true },
}));

/** kubectl looks here whether the server validates fields, and which patches it takes. */
function pathItems(one: Served): object {
  const { definition, version } = one;
  const root =
    definition.group === '' ? `/api/${version}` : `/apis/${apiVersionOf(definition.group, version)}`;
  const collection = `${root}${definition.namespaced ? '/namespaces/{namespace}' : ''}/${definition.plural}`;
  const object = { $ref: `#/components/schemas/${schemaName(one)}` };
  const types = [
    'application/json-patch+json',
    'application/merge-patch+json',
    'application/apply-patch+yaml',
  ];
  const patchTypes =
    definition.type === undefined ? types : [...types, 'application/strategic-merge-patch+json'];
  const operation = {
    'x-kubernetes-group-version-kind': groupVersionKind(one),
    parameters: patchParameters,
    responses: { 200: { description: 'OK', content: { 'application/json': { schema: object } } } },
  };
  return {
    [collection]: { post: { ...operation, 'x-kubernetes-action': 'post' } },
    [`${collection}/{name}`]: {
      put: { ...operation, 'x-kubernetes-action': 'put' },
      patch: {
        ...operation,
        'x-kubernetes-action': 'patch',
        requestBody: {
          content: Object.fromEntries(patchTypes.map((type) => [type, { schema: { type: 'object' } }])),
        },
      },
    },
  };
}
