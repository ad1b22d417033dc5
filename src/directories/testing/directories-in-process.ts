import { CsiError } from '../../csi/errors.ts';
import type { DirectoriesPort } from '../directories-port.ts';
import { doOrder } from '../orders/do-order.ts';
import type { Workplace } from '../orders/workplace.ts';
import { portOf } from '../port-of.ts';
import { type Order, parseOrder, stringify } from '../wire.ts';

/**
 * `berth directories` without socket, processes and mounts: orders go through the wire's form and are done on
 * `placeOf(source)`, at once.
 */
export function directoriesInProcess(placeOf: (source: string) => Workplace): DirectoriesPort {
  const give = async (order: Order): Promise<unknown> => {
    const { name, ...body } = order;
    const received = parseOrder(name, JSON.parse(stringify(body)));
    const outcome = await doOrder(placeOf(order.mount.source), received);
    if ('error' in outcome) throw new CsiError(outcome.error.code, outcome.error.message);
    return 'done' in outcome ? JSON.parse(stringify(outcome.done)) : give(order);
  };
  return portOf(give);
}
