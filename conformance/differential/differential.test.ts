import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { inspect } from 'node:util';
import { startTestServer, testToken } from '../../src/sandbox/apiserver/testing/test-server.ts';
import { controlPlaneRefusal, openControlPlane } from '../control-plane/open-control-plane.ts';
import { repository } from '../testing/berth.ts';
import { matchExpected } from '../testing/match-expected.ts';
import { kubeApiserver } from '../tools/tools.ts';
import { type ApiEndpoint, openEndpoint } from './api-endpoint.ts';
import type { Difference } from './compare-answers.ts';
import { type ComparedScenario, compareServers } from './compare-servers.ts';
import { differencesReference } from './differences-reference.ts';
import { expectedDifferences } from './expected-differences.ts';
import { themes } from './requests/themes.ts';
import { unservedResources } from './unserved-resources.ts';

const reference = join(repository, 'docs/reference/sandbox-differences.md');

suite('the sandbox’s API server answers as Kubernetes does', { skip: controlPlaneRefusal() }, () => {
  const cleanups: (() => Promise<void>)[] = [];
  const compared: ComparedScenario[] = [];
  let servers: { kubernetes: ApiEndpoint; sandbox: ApiEndpoint } | undefined;

  before(async () => {
    const [cluster, sandbox] = await Promise.all([
      openControlPlane({ after: (done) => cleanups.push(done) }, { controllers: false }),
      startTestServer(),
    ]);
    cleanups.push(sandbox.close);
    const { server, ca = '', credentials } = cluster.configOf();
    const { authorization = '' } = await credentials(false);
    servers = {
      kubernetes: openEndpoint({ url: server, ca, authorization }),
      sandbox: openEndpoint({
        url: sandbox.url,
        ca: sandbox.caCertificate,
        authorization: `Bearer ${testToken}`,
      }),
    };
    cleanups.push(async () => {
      servers?.kubernetes.close();
      servers?.sandbox.close();
    });
  });
  after(async () => {
    for (const cleanup of cleanups.reverse()) await cleanup();
  });

  for (const [theme, scenarios] of Object.entries(themes)) {
    test(theme, async (t) => {
      assert.ok(servers);
      const results: ComparedScenario[] = [];
      for (const scenario of scenarios) results.push(await compareServers(servers, scenario));
      compared.push(...results);
      t.diagnostic(`${sum(results, 'equal')} of ${sum(results, 'requests')} answers are equal`);
      const { unexpected } = matchExpected(
        results.flatMap(({ differences }) => differences),
        expectedDifferences,
      );
      assert.equal(unexpected.length, 0, `\n${unexpected.map(describe).join('\n')}`);
    });
  }

  test('every expected difference still occurs', () => {
    const differences = compared.flatMap((scenario) => scenario.differences);
    assert.deepEqual(matchExpected(differences, expectedDifferences).stale, []);
  });

  test('the reference of differences says what was found', async (t) => {
    assert.ok(servers);
    const differences = compared.flatMap((scenario) => scenario.differences);
    const text = differencesReference({
      kubernetesVersion: kubeApiserver.version,
      requests: sum(compared, 'requests'),
      equal: sum(compared, 'equal'),
      occurrences: matchExpected(differences, expectedDifferences).occurrences,
      unserved: await unservedResources(servers),
    });
    t.diagnostic(`${sum(compared, 'equal')} of ${sum(compared, 'requests')} answers are equal`);
    if (process.env.BERTH_WRITE_REFERENCE) await writeFile(reference, text);
    const hint = 'run this test with BERTH_WRITE_REFERENCE=1 and commit what it writes';
    assert.equal(await readFile(reference, 'utf8').catch(() => ''), text, hint);
  });
});

function sum(scenarios: readonly ComparedScenario[], of: 'requests' | 'equal'): number {
  return scenarios.reduce((total, scenario) => total + scenario[of], 0);
}

function describe({ request, at, kubernetes, sandbox }: Difference): string {
  const show = (value: unknown) => inspect(value, { depth: 8, breakLength: Infinity, compact: true });
  return `${request}\n  ${at}\n    Kubernetes ${show(kubernetes)}\n    sandbox    ${show(sandbox)}`;
}
