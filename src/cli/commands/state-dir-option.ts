import { InvalidArgumentError, Option } from 'commander';
import { defaultStateDir } from '../../sandbox/state/state-dir.ts';

export function stateDirOption(): Option {
  return new Option('--state-dir <dir>', 'where this sandbox keeps everything')
    .argParser((text) => {
      if (text === '') throw new InvalidArgumentError('It must name a directory.');
      return text;
    })
    .default(defaultStateDir(process.env));
}
