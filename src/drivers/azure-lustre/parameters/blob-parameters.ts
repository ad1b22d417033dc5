import type { HsmSettings } from '../../../cloud/azure/aml-filesystem.ts';
import type { BlobJobKind, BlobJobProperties } from '../../../cloud/azure/aml-jobs.ts';
import { type ParameterReader, readFlag } from './parameter-reader.ts';

/** Fixed, so that a second try finds the first one's job. */
export const blobJobNames: Readonly<Record<BlobJobKind, string>> = {
  autoImportJobs: 'berth-auto-import',
  autoExportJobs: 'berth-auto-export',
};

/** A job that exists as long as the file system does. */
export interface BlobJobIntent {
  readonly kind: BlobJobKind;
  readonly name: string;
  readonly properties: BlobJobProperties;
}

export interface BlobIntent {
  readonly settings: HsmSettings | undefined;
  readonly jobs: readonly BlobJobIntent[];
}

const containerId =
  /^(\/subscriptions\/[^/]+\/resourcegroups\/[^/]+\/providers\/microsoft\.storage\/storageaccounts\/[^/]+)\/blobservices\/default\/containers\/[^/]+$/i;

const containerExample =
  'e.g. /subscriptions/<id>/resourceGroups/<group>/providers/Microsoft.Storage/storageAccounts/<account>/blobServices/default/containers/<name>';

const conflictModes = ['Fail', 'Skip', 'OverwriteIfDirty', 'OverwriteAlways'];

/** The service's limit of each list of prefixes. */
const mostPrefixes = { 'hsm-import-prefixes': 100, 'auto-import-prefixes': 100, 'auto-export-prefixes': 1 };

const importDetails = [
  'auto-import-conflict-resolution-mode',
  'auto-import-enable-deletions',
  'auto-import-maximum-errors',
] as const;

/** Blob integration: the container, what is imported at first, and the jobs that keep both alike. */
export function readBlob(reader: ParameterReader): BlobIntent {
  const container = reader.optional('hsm-container');
  const loggingContainer = reader.optional('hsm-logging-container');
  const importPrefixes = readPrefixes('hsm-import-prefixes', reader);
  const jobs = [...readAutoImport(reader), ...readAutoExport(reader)];
  if (container === undefined) {
    for (const key of [
      'hsm-logging-container',
      'hsm-import-prefixes',
      'auto-import-prefixes',
      'auto-export-prefixes',
    ] as const)
      if (reader.optional(key) !== undefined)
        reader.refuse(key, `CreateVolume Parameter ${key} needs hsm-container`, containerExample);
    return { settings: undefined, jobs: [] };
  }
  if (loggingContainer === undefined) {
    const message = 'CreateVolume hsm-logging-container must be provided together with hsm-container';
    reader.refuse('hsm-logging-container', message, 'another container of the same storage account');
    return { settings: undefined, jobs };
  }
  checkContainers(container, loggingContainer, reader);
  const settings = {
    container,
    loggingContainer,
    ...(importPrefixes && { importPrefixesInitial: importPrefixes }),
  };
  return { settings, jobs };
}

function checkContainers(container: string, logging: string, { refuse }: ParameterReader): void {
  const account = (key: 'hsm-container' | 'hsm-logging-container', id: string) => {
    const found = containerId.exec(id)?.[1];
    if (found === undefined)
      refuse(
        key,
        `CreateVolume Parameter ${key} must be the resource ID of a blob container, was: '${id}'`,
        containerExample,
      );
    return found?.toLowerCase();
  };
  const [first, second] = [account('hsm-container', container), account('hsm-logging-container', logging)];
  if (first === undefined || second === undefined) return;
  if (first !== second || container.toLowerCase() === logging.toLowerCase())
    refuse(
      'hsm-logging-container',
      `CreateVolume Parameter hsm-logging-container must be another container of the storage account of hsm-container, was: '${logging}'`,
      'change it, or hsm-container',
    );
}

function readAutoImport(reader: ParameterReader): readonly BlobJobIntent[] {
  const prefixes = readPrefixes('auto-import-prefixes', reader);
  if (prefixes === undefined) {
    for (const key of importDetails)
      if (reader.optional(key) !== undefined)
        reader.refuse(
          key,
          `CreateVolume Parameter ${key} needs auto-import-prefixes`,
          "e.g. '/' for all of it",
        );
    return [];
  }
  const mode = reader.optional('auto-import-conflict-resolution-mode');
  if (mode !== undefined && !conflictModes.includes(mode))
    reader.refuse(
      'auto-import-conflict-resolution-mode',
      `CreateVolume Parameter auto-import-conflict-resolution-mode must be one of: [${conflictModes.join(', ')}], was: '${mode}'`,
      'the case counts',
    );
  const deletions = readFlag('auto-import-enable-deletions', reader);
  const errors = reader.optional('auto-import-maximum-errors');
  if (errors !== undefined && !/^(-1|\d{1,9})$/.test(errors))
    reader.refuse(
      'auto-import-maximum-errors',
      `CreateVolume Parameter auto-import-maximum-errors must be a whole number, was: '${errors}'`,
      '0 stops at the first error, -1 at none',
    );
  const properties = {
    autoImportPrefixes: prefixes,
    ...(mode !== undefined && { conflictResolutionMode: mode }),
    ...(deletions !== undefined && { enableDeletions: deletions }),
    ...(errors !== undefined && { maximumErrors: Number(errors) }),
  };
  return [{ kind: 'autoImportJobs', name: blobJobNames.autoImportJobs, properties }];
}

function readAutoExport(reader: ParameterReader): readonly BlobJobIntent[] {
  const prefixes = readPrefixes('auto-export-prefixes', reader);
  if (prefixes === undefined) return [];
  const properties = { autoExportPrefixes: prefixes };
  return [{ kind: 'autoExportJobs', name: blobJobNames.autoExportJobs, properties }];
}

/** Prefixes, separated by commas; undefined where none are given. */
function readPrefixes(
  key: keyof typeof mostPrefixes,
  { optional, refuse }: ParameterReader,
): readonly string[] | undefined {
  const text = optional(key);
  if (text === undefined) return undefined;
  const prefixes = text.split(',').map((prefix) => prefix.trim());
  const wrong = prefixes.find((prefix) => !prefix.startsWith('/'));
  if (wrong !== undefined)
    refuse(
      key,
      `CreateVolume Parameter ${key} must be paths that start with '/', separated by commas, was: '${text}'`,
      "e.g. '/' for all of it, or '/data'",
    );
  if (prefixes.length > mostPrefixes[key])
    refuse(
      key,
      `CreateVolume Parameter ${key} must have at most ${mostPrefixes[key]} path(s), was: '${text}'`,
      "name a directory above them; '/' is all of it",
    );
  return prefixes;
}
