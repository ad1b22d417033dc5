import { fillCompileCache } from './compile-cache.ts';

// For the Dockerfile: fills the compile cache of the bundles in the directory that is named.
const [app] = process.argv.slice(2);
if (app === undefined) throw new Error('usage: warm.ts DIRECTORY-OF-THE-BUNDLES');
await fillCompileCache({ node: process.execPath, app });
