import type { ApiEndpoint } from './api-endpoint.ts';
import { compareAnswers, type Difference } from './compare-answers.ts';
import type { Scenario } from './exchange.ts';
import { normaliseAnswers } from './normalise.ts';
import { allSteps, runScenario } from './run-scenario.ts';

export interface ComparedScenario {
  readonly requests: number;
  readonly equal: number;
  readonly differences: readonly Difference[];
}

/** Runs a scenario on both servers at once. */
export async function compareServers(
  servers: { readonly kubernetes: ApiEndpoint; readonly sandbox: ApiEndpoint },
  scenario: Scenario,
): Promise<ComparedScenario> {
  const namespace = scenario.name.replaceAll(/[^a-z0-9]+/g, '-');
  const steps = allSteps(scenario);
  const comparisons = new Map(steps.map((step) => [step.name, step.compare ?? {}]));
  const answersOf = async (endpoint: ApiEndpoint) =>
    normaliseAnswers(await runScenario(endpoint, namespace, scenario), (step) => comparisons.get(step) ?? {});
  const [theirs, ours] = await Promise.all([answersOf(servers.kubernetes), answersOf(servers.sandbox)]);
  const differences = steps.flatMap(({ name, compare = {} }) => {
    const [kubernetes, sandbox] = [theirs.get(name), ours.get(name)];
    if (kubernetes === undefined || sandbox === undefined) throw new Error(`no answer to ${name}`);
    return compareAnswers(`${scenario.name}/${name}`, kubernetes, sandbox, compare);
  });
  const differing = new Set(differences.map(({ request }) => request));
  return { requests: steps.length, equal: steps.length - differing.size, differences };
}
