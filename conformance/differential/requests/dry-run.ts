import { del, get, patch, post, put, type Scenario } from '../exchange.ts';
import { claim, claims, configMap, configMaps } from './objects.ts';

export const dryRun: readonly Scenario[] = [
  {
    name: 'dry-run',
    steps: [
      post('create', `${configMaps}?dryRun=All`, configMap('one')),
      get('nothing was created', `${configMaps}/one`),
      post('create with a generated name', `${configMaps}?dryRun=All`, {
        metadata: { generateName: 'a-generated-' },
      }),
      post('create a claim with its defaults', `${claims}?dryRun=All`, claim('one')),
      post('refused all the same', `${claims}?dryRun=All`, claim('one', { accessModes: [] })),
      post('created', configMaps, configMap('one')),
      post('exists already', `${configMaps}?dryRun=All`, configMap('one')),
      put('replace', `${configMaps}/one?dryRun=All`, configMap('one', { a: '2' })),
      patch('patch', 'merge', `${configMaps}/one?dryRun=All`, { data: { b: '1' } }),
      patch(
        'apply',
        'apply',
        `${configMaps}/one?dryRun=All&fieldManager=x&force=true`,
        configMap('one', { c: '1' }),
      ),
      patch(
        'apply what is not there',
        'apply',
        `${configMaps}/new?dryRun=All&fieldManager=x`,
        configMap('new'),
      ),
      del('delete', `${configMaps}/one?dryRun=All`),
      get('nothing happened', configMaps),
      post('odd value', `${configMaps}?dryRun=Some`, configMap('x')),
      post('empty value', `${configMaps}?dryRun=`, configMap('empty')),
      post('twice', `${configMaps}?dryRun=All&dryRun=All`, configMap('x')),
    ],
  },
];
