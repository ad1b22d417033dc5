/** Parts that `--without` can leave out of a sandbox. */
export const optionalParts = ['clouds', 'node'] as const;
export type OptionalPart = (typeof optionalParts)[number];
