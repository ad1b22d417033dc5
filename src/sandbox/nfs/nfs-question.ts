/** What the mount helper asks the simulated servers: whom the kernel would connect to, and for which path. */
export interface NfsQuestion {
  readonly address: string;
  readonly port: number;
  readonly path: string;
}

export type NfsAnswer =
  | {
      readonly fileSystemId: string;
      /** The files. */
      readonly directory: string;
      /** Where the helper keeps its hidden mounts of the file system. */
      readonly scratch: string;
    }
  | { readonly refused: string };
