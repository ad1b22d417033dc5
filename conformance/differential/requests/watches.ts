import { del, get, patch, post, type Scenario, watch } from '../exchange.ts';
import { asTable, configMap, configMaps } from './objects.ts';

const watching = (query: string) => `${configMaps}?watch=true${query}`;
const initial = '&sendInitialEvents=true&resourceVersionMatch=NotOlderThan';

export const watches: readonly Scenario[] = [
  {
    name: 'watch-changes',
    steps: [
      post('one', configMaps, configMap('one')),
      watch('from now', watching('&resourceVersion={{one:metadata.resourceVersion}}'), 4, [
        post('two', configMaps, configMap('two')),
        patch('two changes', 'merge', `${configMaps}/two`, { data: { a: '2' } }),
        patch('two does not change', 'merge', `${configMaps}/two`, {}),
        del('two goes', `${configMaps}/two`),
        post('three', configMaps, configMap('three')),
      ]),
      watch('resumed', watching('&resourceVersion={{one:metadata.resourceVersion}}'), 4),
      watch('resumed later', watching('&resourceVersion={{two changes:metadata.resourceVersion}}'), 2),
      watch('without a version', watching(''), 2),
      watch('one object', `${watching('')}&fieldSelector=metadata.name%3Done`, 1),
      watch('ended by its time limit', watching('&timeoutSeconds=1'), 9),
      watch('old form of the path', '/api/v1/watch/namespaces/{{ns}}/configmaps', 2),
    ],
  },
  {
    name: 'watch-selection',
    steps: [
      post('one', configMaps, configMap('one', {}, { labels: { app: 'web' } })),
      post('other', configMaps, configMap('other')),
      watch(
        'by label',
        watching('&resourceVersion={{one:metadata.resourceVersion}}&labelSelector=app%3Dweb'),
        3,
        [
          patch('begins to match', 'merge', `${configMaps}/other`, { metadata: { labels: { app: 'web' } } }),
          patch('changes', 'merge', `${configMaps}/other`, { data: { x: '1' } }),
          patch('ceases to match', 'merge', `${configMaps}/other`, { metadata: { labels: { app: 'db' } } }),
          del('goes unseen', `${configMaps}/other`),
        ],
      ),
      watch('bad selector', watching('&labelSelector=a%20b'), 1),
      watch('bad field', watching('&fieldSelector=data%3Dx'), 1),
      watch('everywhere', '/api/v1/configmaps?watch=1&labelSelector=app%3Dweb', 1),
    ],
  },
  {
    name: 'watch-initial-events',
    steps: [
      post('one', configMaps, configMap('one')),
      post('two', configMaps, configMap('two')),
      watch('with bookmarks', watching(`${initial}&allowWatchBookmarks=true`), 3),
      watch(
        'at a version',
        watching(`${initial}&allowWatchBookmarks=true&resourceVersion={{one:metadata.resourceVersion}}`),
        3,
      ),
      watch('as tables', watching(`${initial}&allowWatchBookmarks=true`), 3),
      {
        ...watch('really as tables', watching(`${initial}&allowWatchBookmarks=true`), 3),
        headers: asTable,
      },
      watch('without bookmarks', watching(initial), 2),
      watch('without a match', watching('&sendInitialEvents=true'), 1),
      watch(
        'with an exact match',
        watching('&sendInitialEvents=true&resourceVersionMatch=Exact&resourceVersion=1'),
        1,
      ),
      watch('match alone', watching('&resourceVersionMatch=NotOlderThan'), 1),
      watch('no initial events', watching('&sendInitialEvents=false&resourceVersionMatch=NotOlderThan'), 1, [
        post('three', configMaps, configMap('three')),
      ]),
    ],
  },
  {
    name: 'watch-refusals',
    steps: [
      post('one', configMaps, configMap('one')),
      watch('version that is none', watching('&resourceVersion=x'), 1),
      watch('version too old', watching('&resourceVersion=1'), 1),
      watch('version of the future', watching('&resourceVersion=999999999&timeoutSeconds=1'), 1),
      watch('with a continue', watching('&continue=x'), 1),
      watch('with a limit', watching('&limit=1'), 1),
      watch('timeout that is no number', watching('&timeoutSeconds=x'), 1),
      {
        ...watch('as tables', watching(''), 1),
        headers: asTable,
      },
      get('of one object by its path', `${configMaps}/one?watch=true`),
    ],
  },
];
