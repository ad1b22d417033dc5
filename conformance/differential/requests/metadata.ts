import { patch, post, type Scenario } from '../exchange.ts';
import { configMap, configMaps } from './objects.ts';

const refused = (name: string, metadata: Record<string, unknown>) =>
  post(name, configMaps, configMap('x', {}, metadata));
const owner = { apiVersion: 'v1', kind: 'ConfigMap', name: 'o', uid: '00000000-0000-0000-0000-000000000001' };

export const metadata: readonly Scenario[] = [
  {
    name: 'metadata-validation',
    steps: [
      ...['Upper', 'a_b', '-a', 'a.', 'a..b', 'x'.repeat(254), 'a/b', '.', '%', 'ü', ''].map((name) =>
        post(`name ${name.slice(0, 10)}`, configMaps, configMap(name)),
      ),
      post('namespace of 64 characters', '/api/v1/namespaces', { metadata: { name: 'x'.repeat(64) } }),
      post('generated name that is none', configMaps, { metadata: { generateName: 'Upper-generated-' } }),
      refused('label key', { labels: { 'a b': 'x' } }),
      refused('label value', { labels: { a: 'x y' } }),
      refused('label value of 64 characters', { labels: { a: 'x'.repeat(64) } }),
      refused('label key of 64 characters', { labels: { ['x'.repeat(64)]: '' } }),
      refused('label prefix', { labels: { 'UPPER.org/a': '' } }),
      refused('label with two slashes', { labels: { 'a/b/c': '' } }),
      refused('label with an empty key', { labels: { '': '' } }),
      refused('annotation key', { annotations: { 'a b': 'x' } }),
      refused('annotations of 256 KiB', { annotations: { a: 'x'.repeat(256 * 1024) } }),
      refused('several at once', { labels: { 'a b': 'x y' }, annotations: { 'c d': '' } }),
      refused('owner without a uid', { ownerReferences: [{ ...owner, uid: '' }] }),
      refused('owner without a kind', { ownerReferences: [{ ...owner, kind: '' }] }),
      refused('owner of a bad version', { ownerReferences: [{ ...owner, apiVersion: 'a/b/c' }] }),
      refused('two controllers', {
        ownerReferences: [
          { ...owner, controller: true },
          { ...owner, name: 'p', uid: '00000000-0000-0000-0000-000000000002', controller: true },
        ],
      }),
      refused('an event as the owner', { ownerReferences: [{ ...owner, kind: 'Event' }] }),
      refused('negative generation', { generation: -1 }),
      post('owner', configMaps, configMap('owned', {}, { ownerReferences: [owner] })),
      patch('owner twice', 'merge', `${configMaps}/owned`, { metadata: { ownerReferences: [owner, owner] } }),
      patch('creation time', 'merge', `${configMaps}/owned`, {
        metadata: { creationTimestamp: '2020-01-01T00:00:00Z' },
      }),
      patch('generate name', 'merge', `${configMaps}/owned`, { metadata: { generateName: 'x-' } }),
      patch('namespace', 'merge', `${configMaps}/owned`, { metadata: { namespace: 'default' } }),
      post('data key', configMaps, configMap('x', { 'a b': '1' })),
      post('data key of dots', configMaps, configMap('x', { '..': '1' })),
      post('data and binary data with one key', configMaps, { ...configMap('x'), binaryData: { a: 'eA==' } }),
      post('immutable', configMaps, { ...configMap('immutable'), immutable: true }),
      patch('immutable changed', 'merge', `${configMaps}/immutable`, { data: { a: '2' } }),
      patch('immutable no more', 'merge', `${configMaps}/immutable`, { immutable: false }),
    ],
  },
];
