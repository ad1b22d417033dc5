// npm run demo: the Azure Managed Lustre tutorial from beginning to end, then Amazon EFS, in a sandbox of its own.
import { join } from 'node:path';
import { ensureInstalled, root, runBerthNode } from './bootstrap.mjs';

ensureInstalled({ dev: false });
runBerthNode(['--disable-warning=ExperimentalWarning', join(root, 'demo/main.ts'), ...process.argv.slice(2)]);
