import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { version } from '../../src/version.ts';
import { buildImage } from './build-image.ts';
import { MachineLacks } from './machine-lacks.ts';

const usage = `usage: build-image.mjs [--output FILE] [--name NAME:TAG]

Writes the production image as one archive that is both an OCI layout and what "docker load" reads.
Needs Debian 12 (its packages are put into the image), tar and dpkg-deb; root, for the compile cache.

  --output FILE     default berth-VERSION.tar
  --name NAME:TAG   default localhost/berth:VERSION
`;

const { values: flags } = parseArgs({
  options: {
    output: { type: 'string', default: `berth-${version}.tar` },
    name: { type: 'string', default: `localhost/berth:${version}` },
    help: { type: 'boolean', short: 'h' },
  },
});

if (flags.help) process.stdout.write(usage);
else {
  try {
    const image = await buildImage({
      output: resolve(flags.output),
      name: flags.name,
      say: (line) => process.stderr.write(`image: ${line}\n`),
    });
    process.stdout.write(`${JSON.stringify(image, null, 2)}\n`);
  } catch (error) {
    if (!(error instanceof MachineLacks)) throw error;
    process.stderr.write(`image: ${error.message}\n`);
    process.exitCode = 3;
  }
}
