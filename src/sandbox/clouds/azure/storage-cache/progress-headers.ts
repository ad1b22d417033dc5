import type { RoutedRequest } from '../arm/router.ts';
import type { Cloud } from '../cloud.ts';
import { type Operation, operationHeaders } from './operation.ts';
import { retryAfterSeconds } from './timing.ts';

/** The headers by which a client follows an accepted request; none where it is done. */
export function progressHeaders(
  cloud: Cloud,
  { request, apiVersion }: Pick<RoutedRequest, 'request' | 'apiVersion'>,
  operation: Operation | undefined,
): Readonly<Record<string, string>> {
  if (operation === undefined) return {};
  const where = { baseUrl: request.baseUrl, subscriptionId: cloud.subscriptionId, apiVersion };
  return operationHeaders(operation, where, retryAfterSeconds(cloud.timeScale));
}
