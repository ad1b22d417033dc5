import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { berth } from '../testing/berth.ts';
import { controllerOf, helmRefusal, nodeOf, renderChart } from './testing/render-chart.ts';

const enabled = { directories: { enabled: true } };

suite('the chart’s container for directory work', { skip: helmRefusal }, () => {
  test('is there only where values ask for it, and the controller stays without rights beside it', async () => {
    const without = controllerOf(await renderChart()).spec.template.spec;
    assert.deepEqual([without.containers.length, without.hostNetwork], [1, false]);
    const { spec } = controllerOf(await renderChart(enabled)).spec.template;
    const [controller, directories] = spec.containers;
    assert.equal(spec.hostNetwork, true);
    assert.equal(directories?.name, 'directories');
    assert.deepEqual(
      [controller?.securityContext?.privileged, directories?.securityContext?.privileged],
      [false, true],
    );
    assert.ok(controller?.args?.includes('--directories=/csi/directories.sock'));
  });

  test('its pod is only where a node plugin is, because that is where the Lustre client is', async () => {
    const without = controllerOf(await renderChart()).spec.template.spec;
    assert.equal(without.affinity.podAffinity, undefined);
    const objects = await renderChart(enabled);
    const { podAffinity } = controllerOf(objects).spec.template.spec.affinity;
    const [term] = podAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [];
    assert.ok(term);
    assert.equal(term.topologyKey, 'kubernetes.io/hostname');
    const { labels } = nodeOf(objects, 'noble').spec.template.metadata;
    for (const [key, value] of Object.entries(term.labelSelector.matchLabels))
      assert.equal(labels[key], value);
  });

  test('its flags are the program’s, and its socket is open to the controller’s group where that is not root', async () => {
    const values = {
      ...enabled,
      azure: { useNodeConfig: false, subscriptionId: '00000000-1111-2222-3333-444444444444' },
    };
    const { spec } = controllerOf(await renderChart(values)).spec.template;
    const [role, ...flags] = spec.containers[1]?.args ?? [];
    assert.equal(role, 'directories');
    assert.ok(flags.includes('--socket-group=65532') && spec.securityContext.runAsGroup === 65_532);
    const { stdout } = await berth(['directories', '--help']);
    for (const flag of flags) assert.match(stdout, new RegExp(`^  ${flag.split('=')[0]}[ ,]`, 'm'), flag);
  });

  test('it uses the programs that the loader of its node has installed', async () => {
    const objects = await renderChart(enabled);
    const shared = { path: '/run/berth/lustre-client', type: 'DirectoryOrCreate' };
    for (const { spec } of [controllerOf(objects).spec.template, nodeOf(objects, 'noble').spec.template])
      assert.deepEqual(spec.volumes.find(({ name }) => name === 'lustre-client')?.hostPath, shared);
  });
});
