import { type Command, InvalidArgumentError, Option } from 'commander';
import { parseTagList, TagListError } from '../../drivers/aws-efs/tag-list.ts';
import type { EfsSettings } from '../../drivers/driver-module.ts';

/** What the command line says about Amazon EFS, under upstream's names. */
export interface EfsFlags {
  readonly tags?: Readonly<Record<string, string>>;
  readonly deleteAccessPointRootDir: boolean;
}

export function addEfsOptions(command: Command): Command {
  return command
    .addOption(
      new Option(
        '--tags <list>',
        'EFS: tags of every access point, "key:value key2:value2"; \\ escapes',
      ).argParser(tagList),
    )
    .option(
      '--delete-access-point-root-dir',
      'EFS: delete the data of a volume with it (needs --directories)',
      false,
    );
}

export function efsSettings({ tags = {}, deleteAccessPointRootDir }: EfsFlags): EfsSettings {
  return { tags, deleteRootDirectories: deleteAccessPointRootDir };
}

function tagList(text: string): Readonly<Record<string, string>> {
  try {
    return parseTagList(text);
  } catch (error) {
    if (error instanceof TagListError) throw new InvalidArgumentError(error.message);
    throw error;
  }
}
