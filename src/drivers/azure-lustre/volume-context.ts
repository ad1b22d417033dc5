/** A value of a volume context. Keys compare without case, as the parameters they come from; the exact one goes first. */
export function contextValue(context: Readonly<Record<string, string>>, key: string): string | undefined {
  if (context[key] !== undefined) return context[key];
  return Object.entries(context).find(([typed]) => typed.toLowerCase() === key)?.[1];
}
