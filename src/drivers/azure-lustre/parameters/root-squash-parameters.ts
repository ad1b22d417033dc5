import type { RootSquashSettings } from '../../../cloud/azure/aml-filesystem.ts';
import type { ParameterReader } from './parameter-reader.ts';

const modes = ['None', 'RootOnly', 'All'] as const;

/** `10.0.2.4@tcp` or a range in any part, `10.0.2.[6-8]@tcp`. */
const nid = /^(\d{1,3}|\*|\[[\d,-]+\])(\.(\d{1,3}|\*|\[[\d,-]+\])){3}@tcp\d*$/;

const largestId = 4_294_967_295;

/** Whose files belong to whom; undefined where the class leaves it to Azure, which squashes nobody. */
export function readRootSquash(reader: ParameterReader): RootSquashSettings | undefined {
  const { optional, refuse } = reader;
  const given = optional('root-squash-mode');
  const details = (['root-squash-nosquash-nids', 'root-squash-uid', 'root-squash-gid'] as const).filter(
    (key) => optional(key) !== undefined,
  );
  const mode = modes.find((each) => each === given);
  if (given !== undefined && mode === undefined)
    refuse(
      'root-squash-mode',
      `CreateVolume Parameter root-squash-mode must be one of: [${modes.join(', ')}], was: '${given}'`,
      'the case counts',
    );
  if (given === undefined || given === 'None')
    for (const key of details)
      refuse(key, `CreateVolume Parameter ${key} needs root-squash-mode`, 'RootOnly or All');
  if (mode === undefined) return undefined;
  const nids = optional('root-squash-nosquash-nids');
  const wrong = nids?.split(';').find((each) => !nid.test(each.trim()));
  if (wrong !== undefined)
    refuse(
      'root-squash-nosquash-nids',
      `CreateVolume Parameter root-squash-nosquash-nids must be NIDs separated by semicolons, was: '${nids}'`,
      'e.g. 10.0.2.4@tcp;10.0.2.[6-8]@tcp',
    );
  const squashUID = readId('root-squash-uid', reader);
  const squashGID = readId('root-squash-gid', reader);
  return {
    mode,
    ...(nids !== undefined && { noSquashNidLists: nids }),
    ...(squashUID !== undefined && { squashUID }),
    ...(squashGID !== undefined && { squashGID }),
  };
}

function readId(
  key: 'root-squash-uid' | 'root-squash-gid',
  { optional, refuse }: ParameterReader,
): number | undefined {
  const text = optional(key);
  if (text === undefined) return undefined;
  const id = /^\d{1,10}$/.test(text) ? Number(text) : 0;
  if (id < 1 || id > largestId)
    refuse(
      key,
      `CreateVolume Parameter ${key} must be a number from 1 to ${largestId}, was: '${text}'`,
      'e.g. "65534", quoted',
    );
  return id;
}
