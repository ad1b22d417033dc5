import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { chart, helmRefusal, runHelm, tryRender } from './testing/render-chart.ts';

suite('the chart’s values', { skip: helmRefusal }, () => {
  test('helm lint finds nothing, not even with --strict', async () => {
    const done = await runHelm(['lint', '--strict', chart]);
    assert.equal(done.exitCode, 0, done.stdout + done.stderr);
    assert.doesNotMatch(done.stdout, /\[(WARNING|ERROR)\]/);
  });

  const refusals: readonly {
    readonly what: string;
    readonly values: object;
    readonly said: readonly string[];
  }[] = [
    {
      what: 'a misspelled value',
      values: { image: { repositry: 'x' } },
      said: ["at '/image'", "'repositry' not allowed"],
    },
    { what: 'a value that is upstream’s', values: { snapshot: {} }, said: ["'snapshot' not allowed"] },
    {
      what: 'an unknown fsGroupPolicy',
      values: { csiDriver: { fsGroupPolicy: 'file' } },
      said: ["at '/csiDriver/fsGroupPolicy'", "'None', 'File', 'ReadWriteOnceWithFSType'"],
    },
    {
      what: 'another kind of sidecars',
      values: { sidecars: 'none' },
      said: ["at '/sidecars'", "'internal', 'external'"],
    },
    { what: 'no replica', values: { controller: { replicas: 0 } }, said: ["at '/controller/replicas'"] },
    {
      what: 'a name instead of a subscription’s id',
      values: { azure: { subscriptionId: 'production' } },
      said: ["at '/azure/subscriptionId'"],
    },
    {
      what: 'secrets of a whole namespace',
      values: { controller: { secretAccess: [{ namespace: 'team', names: [] }] } },
      said: ["at '/controller/secretAccess/0/names'"],
    },
    {
      what: 'a flavour without a choice of nodes',
      values: { node: { flavours: { rocky: { loader: null } } } },
      said: ["at '/node/flavours/rocky'", "'osSkus'"],
    },
    {
      what: 'a client version that is no package’s',
      values: {
        node: {
          flavours: { rocky: { osSkus: [], loader: { image: 'x', hostOs: ['a:1'], clientVersion: '2.15' } } },
        },
      },
      said: ["at '/node/flavours/rocky/loader/clientVersion'"],
    },
    {
      what: 'packages over plain HTTP',
      values: { lustreClient: { packages: 'http://mirror' } },
      said: ["at '/lustreClient/packages'"],
    },
    { what: 'an impossible port', values: { apiServer: { port: 0 } }, said: ["at '/apiServer/port'"] },
    {
      what: 'a relative kubelet directory',
      values: { node: { kubeletDir: 'kubelet' } },
      said: ["at '/node/kubeletDir'"],
    },
  ];
  for (const { what, values, said } of refusals) {
    test(`${what} is refused by name`, async () => {
      const done = await tryRender(values);
      assert.equal(done.exitCode, 1);
      for (const part of said) assert.ok(done.stderr.includes(part), `no ${part} in ${done.stderr}`);
    });
  }
});
