import { alive, allAlive, type EfsContext } from './efs-context.ts';
import { livingMountTargets } from './mount-targets.ts';
import { type AccessPoint, stateAt } from './resources.ts';

/** A file system as its NFS servers know it. */
export interface EfsExport {
  readonly fileSystemId: string;
  /** Of its available mount targets, in 127.0.0.0/8. */
  readonly addresses: readonly string[];
  /** Host directory with the file system's files. */
  readonly dataDirectory: string;
}

/** What something that stands in for NFS servers asks of the simulated EFS. */
export interface EfsExports {
  all(): readonly EfsExport[];
  /** Available access points only: mounts through any other are refused. */
  accessPoint(id: string): AccessPoint | undefined;
}

export function openEfsExports(context: EfsContext): EfsExports {
  const available = (row: Parameters<typeof stateAt>[0]) => stateAt(row, context.clock.now()) === 'available';
  return {
    all: () =>
      allAlive(context, context.fileSystems, context.fileSystems.all())
        .filter(available)
        .map(({ id }) => ({
          fileSystemId: id,
          addresses: livingMountTargets(context, id)
            .filter(available)
            .map(({ ipAddress }) => ipAddress),
          dataDirectory: context.directories.data(id),
        })),
    accessPoint: (id) => {
      const found = alive(context, context.accessPoints, context.accessPoints.get(id));
      return found !== undefined && available(found) ? found : undefined;
    },
  };
}
