import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { builtPath, type GoTool, overriddenPath, toolsDirectory, wantedTools } from './tools.ts';

/** Builds what is absent, one after another; a tool that cannot be built is named and left to its tests to skip. */
export async function prepareTools(write: (line: string) => void): Promise<void> {
  const go = installedGo();
  for (const tool of wantedTools()) await prepareTool(tool, write, go);
}

/** The same for one tool. */
export async function prepareTool(
  tool: GoTool,
  write: (line: string) => void,
  go: string | undefined = installedGo(),
): Promise<void> {
  if (overriddenPath(tool) !== undefined || existsSync(builtPath(tool))) return;
  if (go === undefined || compareVersions(go, tool.goVersion) < 0) {
    write(
      `${tool.name}: not built, it needs Go ${tool.goVersion} or newer (${go ? `this is ${go}` : 'none found'})`,
    );
    return;
  }
  write(`${tool.name} ${tool.version}: building once with Go ${go} into ${toolsDirectory()} …`);
  const failure = await build(tool);
  if (failure) write(`${tool.name}: not built: ${failure}`);
}

async function build(tool: GoTool): Promise<string | undefined> {
  await mkdir(toolsDirectory(), { recursive: true });
  const scratch = await mkdtemp(join(toolsDirectory(), '.build-'));
  try {
    const output = join(scratch, tool.name);
    const [args, cwd, env] =
      'module' in tool.source
        ? ([['install', `${tool.source.module}@v${tool.version}`], scratch, { GOBIN: scratch }] as const)
        : ([
            [
              ['build', '-p', '2', '-trimpath', '-buildvcs=false', '-ldflags', tool.source.ldflags],
              ['-o', output, tool.source.package ?? '.'],
            ].flat(),
            join(import.meta.dirname, '..', tool.source.folder),
            {},
          ] as const);
    // Niced: a build of minutes should not take the machine from the person who waits for it.
    const done = spawnSync('nice', ['-n', '10', 'go', ...args], {
      cwd,
      env: { ...process.env, CGO_ENABLED: '0', GOFLAGS: '-mod=mod', ...env },
      stdio: ['ignore', 'ignore', 'pipe'],
      encoding: 'utf8',
    });
    if (done.status !== 0) return done.stderr.trim().split('\n').slice(-3).join(' ');
    await rename(output, builtPath(tool));
    return undefined;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

function installedGo(): string | undefined {
  const answer = spawnSync('go', ['env', 'GOVERSION'], { encoding: 'utf8' });
  return answer.status === 0 ? /^go(\d+\.\d+)/.exec(answer.stdout)?.[1] : undefined;
}

function compareVersions(a: string, b: string): number {
  const [majorA = 0, minorA = 0] = a.split('.').map(Number);
  const [majorB = 0, minorB = 0] = b.split('.').map(Number);
  return majorA - majorB || minorA - minorB;
}
