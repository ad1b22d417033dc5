/** One report about long work on a volume, from a driver to whoever shows it (events, log, console). */
export interface Progress {
  /** The CSI volume name (`pvc-<uid>`) of a create, the volume id otherwise. */
  readonly volume: string;
  /** `rounding`: no work, but that the volume will be larger than was asked for; told at once. */
  readonly phase: 'creating' | 'deleting' | 'expanding' | 'rounding';
  /** 0 to 100, only where the service itself reports it. */
  readonly percent?: number;
  readonly elapsedMs: number;
  /** How long such work usually takes, for an estimate where the service reports no percentage. */
  readonly usualMs?: number;
  /** What is left, as the service estimates it or as it follows from the percentage. */
  readonly remainingMs?: number;
  readonly message: string;
}

export type ProgressSink = (progress: Progress) => void;

export const noProgress: ProgressSink = () => {};
