import { AzureError } from './azure-error.ts';
import { gatewayStatuses } from './retry-plan.ts';

const attempts = 3;

/** Codes that say the thing itself is not there. Any other 404 (a wrong subscription or address) proves nothing. */
const absentCodes: ReadonlySet<string> = new Set(['ResourceNotFound', 'ResourceGroupNotFound', 'NotFound']);

/** Sends a PUT; where nobody can tell what became of it, looks, and repeats only one that left nothing. */
export async function putOnce<T>(put: () => Promise<T>, get: () => Promise<T | undefined>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await put();
    } catch (error) {
      if (!isUnclear(error)) throw error;
      const found = await get();
      if (found !== undefined) return found;
      if (attempt === attempts) throw error;
    }
  }
}

/** Whether the answer proves that the resource does not exist. */
export function isAbsent(error: unknown): boolean {
  return error instanceof AzureError && error.kind === 'not-found' && absentCodes.has(error.code);
}

/** Whether nobody can tell if the request took effect. */
function isUnclear(error: unknown): boolean {
  if (!(error instanceof AzureError)) return false;
  return error.kind === 'no-answer' || (error.status !== undefined && gatewayStatuses.has(error.status));
}
