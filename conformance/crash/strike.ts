import type { ControllerWorld } from '../testing/controller-world.ts';
import type { Passage } from '../testing/counting-proxy.ts';

/** What happens at a step: the process dies before or after it, or lives on and the request or its answer is lost. */
export const blows = ['killed before', 'killed after', 'request lost at', 'answer lost at'] as const;

export interface CrashPoint {
  readonly step: string;
  readonly blow: (typeof blows)[number];
}

/** A controller that can be killed, and whose requests can be seen. */
export interface Strikeable {
  watch(passage: Passage): void;
  /** A new controller, after a kill. */
  restart(): Promise<void>;
}

/** What a volume goes through from its making to its end, and what has to be true meanwhile. */
export interface Life<World extends Strikeable = ControllerWorld> {
  /** For test names: `a claim of …`. */
  readonly name: string;
  /** Goes through it once with objects of its own; throws where something is missing, left over or twice. */
  run(world: World): Promise<void>;
  /** How many file systems or access points the cloud has to have been asked for in a whole life, whatever happens. */
  readonly creations: number;
  /** The same of expansion jobs; none where absent. */
  readonly expansions?: number;
  /** The steps to strike; all where absent. For a life whose beginning and end are another's too. */
  readonly struckAt?: RegExp;
}

/** What a life has shown. */
export interface Story {
  /** Its requests up to the blow; between two writes the same request counts once, as polls do. */
  readonly steps: ReadonlySet<string>;
  readonly struck: boolean;
  /** Creations that the cloud accepted, in all processes together. */
  readonly creations: number;
  /** Expansion jobs that Azure accepted, in all processes together. */
  readonly expansions: number;
}

/** Lives it, with a blow at the point; without one the story's steps are the points there are. */
export async function live<World extends Strikeable>(
  world: World,
  life: Life<World>,
  point?: CrashPoint,
): Promise<Story> {
  const steps = new Set<string>();
  let [struck, creations, expansions, lastWrite] = [false, 0, 0, 'the start'];
  const strikeIf = async (here: boolean) => {
    if (!here || struck) return;
    struck = true;
    if (point?.blow.startsWith('killed')) await world.restart();
    throw new Error('this request has no answer');
  };
  await world.restart();
  world.watch(async (request, goOn) => {
    const line = `${request.method} ${shortened(request.path)}`;
    const step = `${line}, after ${lastWrite}`;
    if (!struck) steps.add(step);
    const here = (...at: CrashPoint['blow'][]) => step === point?.step && at.includes(point.blow);
    await strikeIf(here('killed before', 'request lost at'));
    const status = await goOn();
    if (/^PUT .*amlFilesystems\/[^/]*$/.test(line) && status === 201) creations += 1;
    if (/^POST .*\/access-points$/.test(line) && status === 200) creations += 1;
    if (/^PUT .*expansionJobs\/[^/]*$/.test(line) && status === 201) expansions += 1;
    if (/^(PUT|PATCH|DELETE|POST persistentvolumes|POST .*\/access-points)/.test(line)) lastWrite = line;
    await strikeIf(here('killed after', 'answer lost at'));
  });
  await life.run(world);
  return { steps, struck, creations, expansions };
}

/** The part of a path that is the same for every claim. */
function shortened(path: string): string {
  return path
    .replace(/^.*(\/providers\/|\/api\/v1\/)/, '')
    .replace(/claim-\d+/, '…')
    .replace(/fsap-[0-9a-f]+/, '…')
    .replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, '…');
}
