import { prepareTools } from './prepare.ts';

await prepareTools((line) => process.stderr.write(`berth: ${line}\n`));
