#!/usr/bin/env node
import { join } from 'node:path';
import { ensureInstalled, root, runBerthNode } from '../scripts/bootstrap.mjs';

ensureInstalled({ dev: false });
runBerthNode([
  '--disable-warning=ExperimentalWarning',
  join(root, 'src/cli/main.ts'),
  ...process.argv.slice(2),
]);
