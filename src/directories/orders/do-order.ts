import { CsiError } from '../../csi/errors.ts';
import type { Order, Outcome } from '../wire.ts';
import { makeDirectory } from './make-directory.ts';
import { measure } from './measure.ts';
import { removeVolume } from './remove-directory.ts';
import { removeUnrecorded } from './remove-unrecorded.ts';
import { findVolume, listVolumes, resizeVolume } from './resize-directory.ts';
import type { Workplace } from './workplace.ts';

/** Does one order on the mounted file system. Never rejects. */
export async function doOrder(place: Workplace, order: Order): Promise<Outcome> {
  try {
    return await outcomeOf(place, order);
  } catch (error) {
    if (error instanceof CsiError) return { error: { code: error.code, message: error.message } };
    // An error of the file system itself may pass: a server that restarts, a full disk.
    const reason = error instanceof Error ? error.message : String(error);
    return { error: { code: 'unavailable', message: `directory work (${order.name}) failed: ${reason}` } };
  }
}

async function outcomeOf(place: Workplace, order: Order): Promise<Outcome> {
  switch (order.name) {
    case 'make':
      return { done: await makeDirectory(place, order) };
    case 'find':
      return { done: findVolume(place, order.volume) ?? null };
    case 'list':
      return { done: listVolumes(place) };
    case 'resize':
      return { done: await resizeVolume(place, order) };
    case 'remove':
      return (await removeVolume(place, order.volume)) ? { done: null } : { unfinished: true };
    case 'removeUnrecorded':
      return (await removeUnrecorded(place, order)) ? { done: null } : { unfinished: true };
    case 'usage':
      return { done: await measure(place, order.path) };
  }
}
