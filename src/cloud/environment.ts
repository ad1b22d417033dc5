/** Process environment, as far as it is asked for. */
export type Environment = Readonly<Record<string, string | undefined>>;
