import { get, post, type Scenario } from '../exchange.ts';
import { asMetadata, asMetadataList, asTable, configMap, configMaps } from './objects.ts';

export const lists: readonly Scenario[] = [
  {
    name: 'lists-pages',
    steps: [
      get('empty', configMaps),
      get('empty with a limit', `${configMaps}?limit=5`),
      ...['a', 'b', 'c', 'd', 'e'].map((name) => post(name, configMaps, configMap(name))),
      get('all', configMaps),
      get('first page', `${configMaps}?limit=2`),
      get('second page', `${configMaps}?limit=2&continue={{first page:metadata.continue}}`),
      get('last page', `${configMaps}?limit=2&continue={{second page:metadata.continue}}`),
      get('rest without a limit', `${configMaps}?continue={{first page:metadata.continue}}`),
      get('page as large as the list', `${configMaps}?limit=5`),
      get('page larger than the list', `${configMaps}?limit=50`),
      get('page of a selection', `${configMaps}?limit=1&labelSelector=!x`),
      get('page of one name', `${configMaps}?limit=1&fieldSelector=metadata.name!=a`),
      get('limit that is no number', `${configMaps}?limit=x`),
      get('negative limit', `${configMaps}?limit=-1`),
      get('continue that is none', `${configMaps}?continue=x`),
      get(
        'continue with a version',
        `${configMaps}?continue={{first page:metadata.continue}}&resourceVersion=1`,
      ),
      get('page as a table', `${configMaps}?limit=2`, { headers: asTable }),
      get('page as metadata', `${configMaps}?limit=2`, { headers: asMetadataList }),
      get('all namespaces', '/api/v1/configmaps?fieldSelector=metadata.namespace%3D{{ns}}'),
    ],
  },
  {
    name: 'lists-versions',
    steps: [
      post('one', configMaps, configMap('one')),
      get('at least this version', `${configMaps}?resourceVersion={{one:metadata.resourceVersion}}`),
      get(
        'not older than',
        `${configMaps}?resourceVersion={{one:metadata.resourceVersion}}&resourceVersionMatch=NotOlderThan`,
      ),
      get(
        'exactly',
        `${configMaps}?resourceVersion={{one:metadata.resourceVersion}}&resourceVersionMatch=Exact`,
      ),
      get('version that is none', `${configMaps}?resourceVersion=x`),
      get('negative version', `${configMaps}?resourceVersion=-1`),
      get('match without a version', `${configMaps}?resourceVersionMatch=Exact`),
      get('exactly zero', `${configMaps}?resourceVersion=0&resourceVersionMatch=Exact`),
      get('unknown match', `${configMaps}?resourceVersion=1&resourceVersionMatch=Odd`),
      get('initial events of a list', `${configMaps}?sendInitialEvents=true`),
      get('an object at its version', `${configMaps}/one?resourceVersion={{one:metadata.resourceVersion}}`),
      get('an object at a version that is none', `${configMaps}/one?resourceVersion=x`),
    ],
  },
  {
    name: 'lists-representations',
    steps: [
      post('one', configMaps, configMap('one', { a: '1', b: '2' }, { labels: { x: 'y' } })),
      get('object as a table', `${configMaps}/one`, { headers: asTable }),
      get('object as metadata', `${configMaps}/one`, { headers: asMetadata }),
      get('list as metadata', configMaps, { headers: asMetadataList }),
      get('list as metadata of an object', configMaps, { headers: asMetadata }),
      get('object as metadata of a list', `${configMaps}/one`, { headers: asMetadataList }),
      get('table with objects', `${configMaps}?includeObject=Object`, { headers: asTable }),
      get('table without objects', `${configMaps}?includeObject=None`, { headers: asTable }),
      get('table with something odd', `${configMaps}?includeObject=Odd`, { headers: asTable }),
      get('table of another version', configMaps, {
        headers: { Accept: 'application/json;as=Table;v=v2;g=meta.k8s.io' },
      }),
      get('table of v1beta1', configMaps, {
        headers: { Accept: 'application/json;as=Table;v=v1beta1;g=meta.k8s.io' },
      }),
      get('nothing that is served', configMaps, { headers: { Accept: 'image/png' } }),
      get('missing object as a table', `${configMaps}/none`, { headers: asTable }),
      get('pretty', `${configMaps}/one?pretty=true`),
      post('created as a table', configMaps, configMap('two'), { headers: asTable }),
      post('created as metadata', configMaps, configMap('three'), { headers: asMetadata }),
      { name: 'head of an object', method: 'HEAD', path: `${configMaps}/one` },
      { name: 'options of a collection', method: 'OPTIONS', path: configMaps },
    ],
  },
];
