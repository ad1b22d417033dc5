import { join } from 'node:path';
import type { StateDir } from '../../sandbox/state/state-dir.ts';

/** What the sandbox's node plugin is given as `--state-dir`. */
export const nodeStateDir = (dir: StateDir): string => join(dir.root, 'node-state');

/** Where the plugin keeps its tunnel below that. */
export const efsTunnelDir = (dir: StateDir): string => join(nodeStateDir(dir), 'efs-tunnel');
