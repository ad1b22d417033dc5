import { systemClock } from '../../async/clock.ts';
import { CsiError } from '../../csi/errors.ts';
import { createRunCommand } from '../../mount/run-command.ts';
import { isOrderName, type Outcome, parseOrder, stringify } from '../wire.ts';
import { doOrder } from './do-order.ts';
import { kernelFileCalls } from './file-calls.ts';
import { mountRoot } from './mount-root.ts';
import { createPace } from './pace.ts';
import { createProjectQuota } from './project-quota.ts';

/** What the process that does one order is told, as JSON in its only argument. */
export interface WorkSheet {
  readonly name: string;
  readonly order: unknown;
  /** Where to mount, absolute. */
  readonly mountPoint: string;
  /** How long a walk may take before others have their turn. */
  readonly turnMs: number;
  /** Entries of a walk. */
  readonly perSecond: number;
}

/**
 * The whole life of a work process: it mounts, does its one order, and says how it went. Its mount namespace, and all
 * that is mounted there, ends with it.
 */
export async function runOrder(text: string): Promise<string> {
  const sheet = JSON.parse(text) as WorkSheet;
  return stringify(await outcomeOf(sheet));
}

async function outcomeOf(sheet: WorkSheet): Promise<Outcome> {
  if (!isOrderName(sheet.name)) throw new Error(`no order ${sheet.name}`);
  const order = parseOrder(sheet.name, sheet.order);
  const run = createRunCommand();
  const clock = systemClock;
  try {
    await mountRoot(run, order.mount, sheet.mountPoint);
  } catch (error) {
    if (!(error instanceof CsiError)) throw error;
    return { error: { code: error.code, message: error.message } };
  }
  const place = {
    files: kernelFileCalls,
    root: sheet.mountPoint,
    quota: createProjectQuota(run, sheet.mountPoint),
    clock,
    turnEndsAt: clock.now() + sheet.turnMs,
    pace: createPace(sheet.perSecond, clock),
  };
  return doOrder(place, order);
}
