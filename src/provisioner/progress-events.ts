import type { Clock } from '../async/clock.ts';
import type { Progress, ProgressSink } from '../csi/progress.ts';
import type { EventRecorder } from '../kube/event-recorder.ts';
import type { ObjectReference } from '../kube/objects.ts';

export interface ProgressEventsOptions {
  readonly recorder: EventRecorder;
  /** At most one event for a volume in this time; default 10 000. */
  readonly intervalMs?: number;
  readonly clock: Clock;
}

/** Shows a driver's progress on the object that a user looks at. */
export interface ProgressEvents {
  readonly sink: ProgressSink;
  /**
   * While `work` runs, progress of `volume` (as `Progress.volume` names it) becomes events on `about`. Progress of
   * anything else, such as calls over the socket, is nobody's event here. `first` is called before the first of them.
   */
  during<T>(volume: string, about: ObjectReference, work: () => Promise<T>, first?: () => void): Promise<T>;
}

interface Tracked {
  readonly about: ObjectReference;
  readonly first: () => void;
  toldAt: number;
  told: string;
}

export function createProgressEvents(options: ProgressEventsOptions): ProgressEvents {
  const { recorder, clock, intervalMs = 10_000 } = options;
  const tracked = new Map<string, Tracked>();
  return {
    sink(progress) {
      const target = tracked.get(progress.volume);
      if (target === undefined) return;
      if (progress.phase === 'rounding') {
        const { message } = progress;
        recorder.record({ about: target.about, type: 'Normal', reason: reasons.rounding, message });
        return;
      }
      if (clock.now() - target.toldAt < intervalMs) return;
      const message = progressText(progress);
      if (message === target.told) return;
      target.first();
      target.toldAt = clock.now();
      target.told = message;
      recorder.record({
        about: target.about,
        type: 'Normal',
        reason: reasons[progress.phase],
        message,
        series: progress.phase,
      });
    },
    async during(volume, about, work, first = () => {}) {
      tracked.set(volume, { about, first, toldAt: Number.NEGATIVE_INFINITY, told: '' });
      try {
        return await work();
      } finally {
        tracked.delete(volume);
      }
    },
  };
}

const reasons: Readonly<Record<Progress['phase'], string>> = {
  creating: 'ProvisioningProgress',
  deleting: 'DeletionProgress',
  expanding: 'ResizingProgress',
  rounding: 'VolumeSizeRoundedUp',
};

/** `Creating …: 40 %`, or the time passed beside the usual one, which is an estimate and is called so. */
export function progressText({
  message,
  percent,
  elapsedMs,
  usualMs,
  remainingMs,
}: Omit<Progress, 'volume' | 'phase'>): string {
  const left = remainingMs === undefined ? '' : `, about ${duration(remainingMs)} left (estimate)`;
  if (percent !== undefined) return `${message}: ${Math.floor(percent)} % (${duration(elapsedMs)})${left}`;
  if (usualMs === undefined) return `${message}: ${duration(elapsedMs)} so far`;
  return `${message}: ${duration(elapsedMs)} so far, usually about ${duration(usualMs)} (estimate)`;
}

function duration(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
