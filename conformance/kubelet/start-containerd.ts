import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runProgram } from '../../deploy/image/run-program.ts';
import type { RunningPrograms } from '../../src/sandbox/control-plane/run-programs.ts';
import { eventually } from '../testing/kubectl.ts';
import { run } from '../testing/run.ts';
import { imageFiles, pauseImage } from './build-images.ts';

export const containerdSocket = '/run/containerd/containerd.sock';

/** Debian's containerd with its usual paths, which are the machine's own. */
const config = `version = 2
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "${pauseImage}"
  # Without CAP_SYS_RESOURCE no process may be given a lower score than it has.
  restrict_oom_score_adj = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
`;

/** Starts it, with the images of `directory` imported. */
export async function startContainerd(programs: RunningPrograms, directory: string): Promise<void> {
  const configFile = join(directory, 'containerd.toml');
  await writeFile(configFile, config);
  programs.start('containerd', '/usr/bin/containerd', ['--config', configFile]);
  await eventually(
    () => run('ctr', ['version']),
    ({ exitCode }) => exitCode === 0,
  );
  for (const name of imageFiles)
    await runProgram('ctr', ['--namespace', 'k8s.io', 'images', 'import', join(directory, name)]);
}
