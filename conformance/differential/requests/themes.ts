import type { Scenario } from '../exchange.ts';
import { admission } from './admission.ts';
import { apply } from './apply.ts';
import { bodies } from './bodies.ts';
import { crud } from './crud.ts';
import { customResources } from './custom-resources.ts';
import { deletes } from './deletes.ts';
import { discovery } from './discovery.ts';
import { dryRun } from './dry-run.ts';
import { kinds } from './kinds.ts';
import { lists } from './lists.ts';
import { metadata } from './metadata.ts';
import { patches } from './patches.ts';
import { selectors } from './selectors.ts';
import { storageKinds } from './storage.ts';
import { subresources } from './subresources.ts';
import { tables } from './tables.ts';
import { users } from './users.ts';
import { watches } from './watches.ts';

/** Every request of the test, one file for each theme. */
export const themes: Readonly<Record<string, readonly Scenario[]>> = {
  'creating, reading and replacing': crud,
  'bodies and their validation': bodies,
  metadata,
  patches,
  'server-side apply': apply,
  selectors,
  'lists and representations': lists,
  watches,
  deletes,
  'dry run': dryRun,
  'storage kinds': storageKinds,
  'other kinds': kinds,
  'custom resources': customResources,
  subresources,
  tables,
  admission,
  discovery,
  users,
};
