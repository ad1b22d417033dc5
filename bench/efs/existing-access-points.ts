import { join } from 'node:path';
import { content } from '../../src/sandbox/clouds/aws/content.ts';
import type { AccessPoint } from '../../src/sandbox/clouds/aws/efs/resources.ts';
import { openStateFile } from '../../src/sandbox/clouds/state/state-file.ts';
import { FIRST_GID } from './gid-range.ts';

const documentsOf = (stateDir: string) => {
  const state = openStateFile(join(stateDir, 'aws.db'));
  return { state, points: state.documents<AccessPoint>('accessPoint') };
};

/**
 * Access points as an account has them that was in use for long, with the lowest GIDs of the range. Written into the state
 * of a simulated AWS that does not run: nine thousand by its API would take a minute.
 */
export function addAccessPoints(stateDir: string, count: number): void {
  const { state, points } = documentsOf(stateDir);
  state.transaction(() => {
    for (let index = 0; index < count; index++) {
      const point = existing(index);
      points.put(point.id, point);
    }
  });
  state.close();
}

/** By client token: those that were there and those that were made. */
export function readGids(stateDir: string): ReadonlyMap<string, number> {
  const { state, points } = documentsOf(stateDir);
  const all = points.all();
  state.close();
  return new Map(all.map(({ clientToken, posixUser }) => [clientToken, posixUser?.gid ?? 0]));
}

function existing(index: number): AccessPoint {
  const gid = FIRST_GID + index;
  return {
    id: `fsap-${index.toString(16).padStart(17, '0')}`,
    account: content.account,
    fileSystemId: content.fileSystemId,
    clientToken: `existing-${index}`,
    posixUser: { uid: gid, gid, secondaryGids: undefined },
    rootDirectory: {
      path: `/volumes/existing-${index}`,
      creationInfo: { ownerUid: gid, ownerGid: gid, permissions: '700' },
    },
    tags: { 'efs.csi.aws.com/cluster': 'true' },
    sequence: index + 1,
    createdAt: 0,
    availableAt: 0,
    fails: false,
  };
}
