import { Option } from 'commander';
import { defaultStateDir } from '../../sandbox/state/state-dir.ts';

export function stateDirOption(): Option {
  return new Option('--state-dir <dir>', 'where this sandbox keeps everything').default(
    defaultStateDir(process.env),
  );
}
