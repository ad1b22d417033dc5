import type { Explanation } from '../../driver-module.ts';
import type { DynamicIntent } from '../dynamic-intent.ts';
import type { BlobIntent } from '../parameters/blob-parameters.ts';

type Property = Explanation['properties'][number];

/** What a class asks of the service beyond a plain file system, in words; nothing where it asks for nothing. */
export function describeService(intent: DynamicIntent): readonly Property[] {
  const { settings, rootSquash, encryptionKey } = intent;
  return [
    ...(settings.maxRounding === undefined
      ? []
      : [{ name: 'largest rounding', value: describeLimit(settings.maxRounding) }]),
    ...(settings.rebalance
      ? []
      : [{ name: 'after an expansion', value: 'data stay where they are: no rebalance' }]),
    ...describeBlob(intent.blob),
    ...(rootSquash === undefined
      ? []
      : [
          {
            name: 'root squash',
            value: `${rootSquash.mode} to ${rootSquash.squashUID ?? 'Azure’s uid'}:${rootSquash.squashGID ?? 'Azure’s gid'}${rootSquash.noSquashNidLists === undefined ? '' : `, except for ${rootSquash.noSquashNidLists}`}`,
          },
        ]),
    ...(encryptionKey === undefined ? [] : [{ name: 'encrypted with', value: encryptionKey.keyUrl }]),
  ];
}

function describeLimit(maxRounding: string): string {
  return /[A-Za-z]$/.test(maxRounding)
    ? `${maxRounding} more than a claim asks for`
    : `${maxRounding} times what a claim asks for`;
}

function describeBlob({ settings, jobs }: BlobIntent): readonly Property[] {
  if (settings === undefined) return [];
  const first = settings.importPrefixesInitial?.join(', ') ?? '/';
  return [
    { name: 'blob container', value: `${settings.container} (log: ${settings.loggingContainer})` },
    { name: 'imported at first', value: first },
    ...jobs.map(({ kind, properties }) => ({
      name: kind === 'autoImportJobs' ? 'imported from then on' : 'exported from then on',
      value: String(properties.autoImportPrefixes ?? properties.autoExportPrefixes),
    })),
  ];
}
