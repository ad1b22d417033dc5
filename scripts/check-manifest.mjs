// Dependencies are pinned exactly, none runs a script at installation, and the lock file names no registry.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './bootstrap.mjs';

const read = (name) => readFileSync(join(root, name), 'utf8');
const manifest = JSON.parse(read('package.json'));
const problems = [];

for (const group of ['dependencies', 'devDependencies', 'optionalDependencies']) {
  for (const [name, version] of Object.entries(manifest[group] ?? {})) {
    if (!/^\d+\.\d+\.\d+$/.test(version))
      problems.push(`package.json: ${name} is "${version}", not an exact version`);
  }
}
if (/"resolved":\s*"http/.test(read('package-lock.json')))
  problems.push('package-lock.json: names a registry');
for (const line of ['omit-lockfile-registry-resolved=true', 'ignore-scripts=true', 'save-exact=true']) {
  if (!read('.npmrc').split('\n').includes(line)) problems.push(`.npmrc: lacks ${line}`);
}
for (const name of ['preinstall', 'install', 'postinstall', 'prepare']) {
  if (manifest.scripts[name]) problems.push(`package.json: has an install script, ${name}`);
}

for (const problem of problems) console.error(problem);
process.exitCode = problems.length > 0 ? 1 : 0;
