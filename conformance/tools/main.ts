import { findTool } from './find-tool.ts';
import { prepareTools } from './prepare.ts';
import { newestKubectl } from './tools.ts';

await prepareTools((line) => process.stderr.write(`berth: ${line}\n`));

// For scripts/test.mjs: the kubectl that the tests use, rather than whatever version the machine happens to have.
const kubectl = findTool(newestKubectl);
if ('path' in kubectl) process.stdout.write(`${kubectl.path}\n`);
