/** One report about long work on a volume, from a driver to whoever shows it (events, log, console). */
export interface Progress {
  /** The CSI volume name (`pvc-<uid>`) of a create, the volume id otherwise. */
  readonly volume: string;
  readonly phase: 'creating' | 'deleting' | 'expanding';
  /** 0 to 100, only where the service itself reports it. */
  readonly percent?: number;
  readonly elapsedMs: number;
  /** How long such work usually takes, for an estimate where the service reports no percentage. */
  readonly usualMs?: number;
  readonly message: string;
}

export type ProgressSink = (progress: Progress) => void;

export const noProgress: ProgressSink = () => {};
