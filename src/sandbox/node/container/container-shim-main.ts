import { runContainerShim } from './container-shim.ts';

await runContainerShim(process.argv[2] ?? '');
