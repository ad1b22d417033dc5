import type { FileSystemDirectories } from '../../file-system-directories.ts';
import { createAlarm } from '../../state/alarm.ts';
import { settle } from './settle.ts';
import type { FilesystemContext } from './start-operation.ts';

/** A file system whose MGS has to answer now. */
export interface ServingFilesystem {
  readonly resourceGroup: string;
  readonly name: string;
  /** Where `lnet` has to listen, in 127.0.0.0/8. */
  readonly mgsAddress: string;
  /** Host directory with the file system's files. */
  readonly dataDirectory: string;
}

/** The file systems' course through time, and who wants to follow it. */
export interface Filesystems {
  serving(): readonly ServingFilesystem[];
  /**
   * Calls the listener now and whenever the set of serving file systems has changed. A new one comes a little before
   * ARM reports it ready. Returns a function that ends it.
   */
  onChange(listener: (serving: readonly ServingFilesystem[]) => void): () => void;
  /** Brings the state up to the present. Called before anything is read and after anything is written. */
  settle(): void;
  close(): Promise<void>;
}

/** `onError` gets what goes wrong while nobody asks. */
export function followFilesystems(
  context: FilesystemContext,
  directories: FileSystemDirectories,
  onError: (error: unknown) => void,
): Filesystems {
  const listeners = new Set<(serving: readonly ServingFilesystem[]) => void>();
  let told = '';

  const serving = () =>
    context.state.filesystems
      .all()
      .filter((filesystem) => filesystem.serving)
      .map(({ resourceGroup, name, mgsAddress }) => ({
        resourceGroup,
        name,
        mgsAddress,
        dataDirectory: directories.data(mgsAddress),
      }));
  const tell = () => {
    const now = serving();
    const addresses = now.map((filesystem) => filesystem.mgsAddress).join();
    if (addresses === told) return;
    told = addresses;
    for (const listener of listeners) listener(now);
  };
  const bringUpToDate = () => {
    alarm.set(settle(context, directories));
    tell();
  };
  const alarm = createAlarm(context.clock, bringUpToDate, onError);

  // A kill may have come between the state and the directories it promises.
  for (const { mgsAddress } of serving()) directories.create(mgsAddress);
  bringUpToDate();

  return {
    serving,
    onChange: (listener) => {
      listeners.add(listener);
      listener(serving());
      return () => void listeners.delete(listener);
    },
    settle: bringUpToDate,
    close: async () => {
      alarm.close();
      listeners.clear();
      await directories.idle();
    },
  };
}
