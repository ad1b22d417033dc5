import { shell } from './shell.ts';

export interface NfsServer {
  readonly address: string;
  /** What it exports, as the server itself sees it. */
  readonly directory: string;
  stop(): Promise<void>;
  startAgain(): Promise<void>;
}

const script = `${import.meta.dirname}/nfs-server.sh`;

/** A kernel NFS server of its own, at 10.9.NUMBER.2; it serves a file `who` with its name. */
export async function startNfsServer(number: number): Promise<NfsServer> {
  const name = `server${number}`;
  const address = `10.9.${number}.2`;
  const run = (what: string) => shell(`sh ${script} ${name} ${address}/24 10.9.${number}.1/24 ${what}`);
  await run('start');
  await shell(`echo ${name} >/srv/${name}/who`);
  return {
    address,
    directory: `/srv/${name}`,
    stop: async () => void (await run('stop')),
    startAgain: async () => void (await run('again')),
  };
}
