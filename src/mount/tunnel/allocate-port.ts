/** `end` is the first port that is not of the range. */
export interface PortRange {
  readonly start: number;
  readonly end: number;
}

/** Ports that efs-utils uses as well. */
export const tunnelPorts: PortRange = { start: 20_049, end: 21_049 };

/**
 * The lowest port of the range that `taken` does not hold.
 *
 * @throws Error where all are taken
 */
export function allocatePort(taken: ReadonlySet<number>, range: PortRange = tunnelPorts): number {
  for (let port = range.start; port < range.end; port++) if (!taken.has(port)) return port;
  throw new Error(
    `Failed to locate an available port in the range [${range.start}, ${range.end}): every encrypted mount of a node takes one`,
  );
}
