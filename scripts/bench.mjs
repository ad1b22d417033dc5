// npm run bench: Berth's provisioner beside csi-provisioner on a real control plane; takes many minutes. --help for flags.
import { join } from 'node:path';
import { ensureInstalled, root, runBerthNode } from './bootstrap.mjs';

ensureInstalled({ dev: true });
runBerthNode([
  '--disable-warning=ExperimentalWarning',
  join(root, 'bench/provisioning.ts'),
  ...process.argv.slice(2),
]);
