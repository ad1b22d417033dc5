import { chmod, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Finished, run } from '../../testing/run.ts';
import { chart } from './render-chart.ts';

/** A machine that the loader takes for a node: a directory in place of /, and programs that do what the test says. */
export interface LoaderStage {
  readonly root: string;
  /** Gives the machine a program: a shell script's text, which may use `$stage`, the directory with what it remembers. */
  program(name: string, script: string): Promise<void>;
  removeProgram(name: string): Promise<void>;
  file(path: string, text: string): Promise<void>;
  read(path: string): Promise<string>;
  /** Every call of a program, as `name argument …`, in order. */
  calls(): Promise<readonly string[]>;
  /** Runs the loader to its end. */
  run(env?: NodeJS.ProcessEnv): Promise<Finished>;
}

/** The tools of an ordinary system that the loader uses for text and files: its whole PATH besides the stubs. */
const ordinary = [
  ...['cat', 'chmod', 'cp', 'grep', 'kill', 'mkdir', 'mv', 'printf', 'rm', 'sed', 'sort'],
  ...['test', 'timeout', 'touch', 'tr'],
];

const osRelease = (id: string, versionId: string, codename: string) =>
  `ID=${id}\nVERSION_ID="${versionId}"\nVERSION_CODENAME=${codename}\n`;

/** An Ubuntu 22.04 node with one Ethernet interface where everything works. */
export async function openLoaderStage(t: { after(done: () => Promise<void>): void }): Promise<LoaderStage> {
  const stage = await mkdtemp(join(tmpdir(), 'berth-loader-'));
  t.after(() => rm(stage, { recursive: true, force: true }));
  const root = join(stage, 'root');
  const bin = join(stage, 'bin');
  await mkdir(bin);
  for (const name of ordinary) await symlink(`/usr/bin/${name}`, join(bin, name));
  const self: LoaderStage = {
    root,
    program: async (name, script) => {
      const text = `#!/bin/sh\nstage=${stage}\necho "${name} $*" >>$stage/calls\n${script}\n`;
      await writeFile(join(bin, name), text);
      await chmod(join(bin, name), 0o755);
    },
    removeProgram: (name) => rm(join(bin, name)),
    file: async (path, text) => {
      await mkdir(join(root, path, '..'), { recursive: true });
      await writeFile(join(root, path), text);
    },
    read: (path) => readFile(join(root, path), 'utf8'),
    calls: async () => (await readFile(join(stage, 'calls'), 'utf8').catch(() => '')).trimEnd().split('\n'),
    run: (env = {}) =>
      run('/bin/sh', [join(chart, 'files/lustre-loader.sh')], {
        timeoutMs: 20_000,
        env: {
          PATH: bin,
          LOADER_ROOT: root,
          HOST_OS: 'ubuntu:22.04 ubuntu:20.04',
          LUSTRE_CLIENT_VERSION: '2.15.8-39-g2d32b59',
          LUSTRE_PACKAGES: 'https://packages.example',
          LNET_RECONCILE_SECONDS: '30',
          ...env,
        },
      }),
  };
  await mkdir(join(root, 'lustre'), { recursive: true });
  await self.file('etc/os-release', osRelease('ubuntu', '22.04', 'jammy'));
  await self.file('etc/host-os-release', osRelease('ubuntu', '22.04', 'jammy'));
  await self.program('uname', 'case $1 in -r) echo 5.15.0-1084-azure ;; *) echo x86_64 ;; esac');
  for (const name of ['apt-get', 'curl', 'modprobe', 'lctl', 'lfs', 'lustre_rmmod'])
    await self.program(name, '');
  await self.program('mount.lustre', 'echo mounted');
  // The shell that reads a stub is what ldd would be asked about.
  await self.program('ldd', 'exec /usr/bin/ldd /bin/sh');
  await self.program('modinfo', 'echo 2.15.8');
  await self.program(
    'ip',
    `case "$*" in
  *route*) printf 'default via 10.0.0.1 dev eth0 proto dhcp\\n10.0.0.0/16 dev eth0 scope link\\n' ;;
  *) echo "2: eth0: <BROADCAST,UP> mtu 1500 state UP link/ether 00:00:00:00:00:01" ;;
esac`,
  );
  await self.program('lnetctl', lnetctl);
  await self.program('sleep', sleep);
  return self;
}

/** No time passes. Once the loader is ready it looks at LNet once more, and is then ended as Kubernetes would. */
const sleep = `[ -e $stage/root/lustre/ready ] || exit 0
[ -e $stage/slept ] && kill -TERM $PPID
touch $stage/slept`;

/** Remembers its interfaces. */
const lnetctl = `case "$1 $2" in
  'net show')
    [ -s $stage/interfaces ] || exit 0
    printf 'net:\\n    - net type: tcp\\n      local NI(s):\\n        - nid: 10.0.0.4@tcp\\n          interfaces:\\n'
    cat -n $stage/interfaces | sed 's/^ *\\([0-9]*\\)./              \\1: /'
    ;;
  'net add') echo "$6" >>$stage/interfaces ;;
esac`;
