import { setTimeout } from 'node:timers/promises';
import type { ApiEndpoint } from './api-endpoint.ts';
import { type Answer, type Answers, post, type Scenario, type Step } from './exchange.ts';

const AWAITED_MS = 10_000;

/** Sends a scenario's steps to one server. What the answers hold goes into later steps. */
export async function runScenario(
  endpoint: ApiEndpoint,
  namespace: string,
  { steps }: Scenario,
): Promise<Answers> {
  const answers = new Map<string, Answer>();
  await endpoint.send(post('namespace', '/api/v1/namespaces', { metadata: { name: namespace } }));
  const run = async (step: Step): Promise<void> => {
    const filled = fill(step, namespace, answers) as Step;
    if (answers.has(step.name)) throw new Error(`two steps are called ${step.name}`);
    const { watch } = step;
    if (watch === undefined) {
      answers.set(step.name, await sendUntil(endpoint, filled));
      return;
    }
    const during = async () => {
      for (const one of watch.during ?? []) await run(one);
    };
    answers.set(step.name, await endpoint.stream(filled, watch.lines, during));
  };
  for (const step of steps) await run(step);
  return answers;
}

async function sendUntil(endpoint: ApiEndpoint, step: Step): Promise<Answer> {
  const deadline = Date.now() + AWAITED_MS;
  for (;;) {
    const answer = await endpoint.send(step);
    if (step.until === undefined || answer.status === step.until || Date.now() > deadline) return answer;
    await setTimeout(50);
  }
}

/** All steps, those sent during a watch before the watch itself: the order of their answers. */
export function allSteps({ steps }: Scenario): readonly Step[] {
  return steps.flatMap((step) => [...(step.watch?.during ?? []), step]);
}

const placeholder = /\{\{([^{}:]+)(?::([^{}]+))?\}\}/g;

function fill(value: unknown, namespace: string, answers: Answers): unknown {
  if (typeof value === 'string') {
    return value.replace(placeholder, (_whole, step: string, path?: string) =>
      path === undefined ? namespace : textAt(answers.get(step)?.body, path),
    );
  }
  if (Array.isArray(value)) return value.map((item) => fill(item, namespace, answers));
  if (typeof value !== 'object' || value === null) return value;
  const { watch, ...rest } = value as { watch?: unknown };
  const filled = Object.entries(rest).map(([key, item]) => [
    fill(key, namespace, answers),
    fill(item, namespace, answers),
  ]);
  // What is sent during a watch is filled when it is sent.
  return { ...Object.fromEntries(filled), ...(watch !== undefined && { watch }) };
}

/** Empty where there is nothing: the comparison then shows the step that did not answer as it should. */
function textAt(body: unknown, path: string): string {
  let value = body;
  for (const part of path.split('.')) value = (value as Record<string, unknown> | undefined)?.[part];
  return value === undefined ? '' : String(value);
}
