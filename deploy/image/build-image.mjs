#!/usr/bin/env node
// Builds the production image without Docker and without a registry: node deploy/image/build-image.mjs --help
import { join } from 'node:path';
import { ensureInstalled, root, runBerthNode } from '../../scripts/bootstrap.mjs';

ensureInstalled({ dev: true });
runBerthNode([
  '--disable-warning=ExperimentalWarning',
  join(root, 'deploy/image/main.ts'),
  ...process.argv.slice(2),
]);
