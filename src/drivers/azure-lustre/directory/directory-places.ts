import type { Call } from '../../../csi/call.ts';
import type { ControllerPorts } from '../../driver-module.ts';
import { findMgsAddress } from '../find-mgs-address.ts';
import { readParameterKeys } from '../parameters/parameter-keys.ts';
import { readDirectory } from './directory-parameters.ts';
import {
  type DirectoryVolume,
  directoryVolume,
  parseDirectoryId,
  wholeFileSystem,
} from './directory-volume.ts';

/** The file systems that directories are made on, as far as classes and volumes have told; nothing else could tell. */
export interface DirectoryPlaces {
  note(volumeId: string): void;
  noteClasses(classes: readonly Readonly<Record<string, string>>[], call: Call): Promise<void>;
  /** The volumes on all of them. */
  volumes(call: Call): Promise<readonly DirectoryVolume[]>;
}

export function createDirectoryPlaces(ports: ControllerPorts): DirectoryPlaces {
  const addresses = new Set<string>();
  return {
    note(volumeId) {
      const id = parseDirectoryId(volumeId);
      if (id !== undefined) addresses.add(id.mgsAddress);
    },
    async noteClasses(classes, call) {
      for (const parameters of classes) {
        const intent = readDirectory(readParameterKeys(parameters), { name: 'any', parameters }, []);
        const address = await findMgsAddress(ports, intent, call).catch((error: unknown) => {
          call.log.warn({ err: error }, 'the file system of a class with directories is not known');
          return '';
        });
        if (address !== '') addresses.add(address);
      }
    },
    async volumes(call) {
      const { directories } = ports;
      if (directories === undefined) return [];
      const perPlace = await Promise.all(
        [...addresses].map(async (address) => {
          const records = await directories.list(wholeFileSystem(address), call);
          return records.map((record) => directoryVolume(record, address));
        }),
      );
      return perPlace.flat();
    },
  };
}
