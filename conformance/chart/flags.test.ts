import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { berth } from '../testing/berth.ts';
import type { Container } from './testing/chart-objects.ts';
import { controllerOf, helmRefusal, nodeOf, renderChart } from './testing/render-chart.ts';

const everyFlag = {
  azure: {
    subscriptionId: '00000000-1111-2222-3333-444444444444',
    resourceGroup: 'rg',
    location: 'eastus',
    vnetName: 'net',
    vnetResourceGroup: 'net-rg',
    subnetName: 'lustre',
  },
  node: { removeNotReadyTaint: false },
};

function argsOf(containers: readonly Container[]): readonly string[] {
  return containers.find(({ name }) => name === 'azurelustre')?.args ?? [];
}

suite('what the chart starts', { skip: helmRefusal }, () => {
  test('are flags that the two programs have', async () => {
    const objects = await renderChart(everyFlag);
    const roles = {
      controller: argsOf(controllerOf(objects).spec.template.spec.containers),
      node: argsOf(nodeOf(objects, 'noble').spec.template.spec.containers),
    };
    for (const [role, args] of Object.entries(roles)) {
      assert.equal(args[0], role);
      const { stdout } = await berth([role, '--help']);
      for (const arg of args.slice(1)) {
        const [flag] = arg.split('=');
        assert.match(stdout, new RegExp(`^  ${flag}[ ,]`, 'm'), `${role} has no ${flag}`);
      }
    }
  });
});
