import { invalidParameter, type JsonReader } from '../arm/json-reader.ts';
import type { FilesystemExtras } from './filesystem.ts';

const CONTAINER =
  /^(\/subscriptions\/[^/]+\/resourceGroups\/[^/]+\/providers\/Microsoft\.Storage\/storageAccounts\/[^/]+)\/blobServices\/default\/containers\/[^/]+$/i;
const VAULT =
  /^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+\/providers\/Microsoft\.KeyVault\/vaults\/[^/]+$/i;
const SQUASH_MODES = ['None', 'RootOnly', 'All'];
const LARGEST_ID = 4_294_967_295;

/** Blob integration, root squash and encryption of a body; throws ArmError for what the service refuses. */
export function parseExtras(properties: JsonReader): FilesystemExtras {
  const extras: Record<string, unknown> = {};
  const checks = { encryptionSettings: checkKey, hsm: checkHsm, rootSquashSettings: checkSquash };
  for (const [name, check] of Object.entries(checks)) {
    const reader = properties.optionalObject(name);
    if (reader === undefined) continue;
    check(reader);
    extras[name] = properties.raw(name);
  }
  return extras;
}

function checkHsm(hsm: JsonReader): void {
  const settings = hsm.optionalObject('settings');
  if (settings === undefined) return;
  const accounts = ['container', 'loggingContainer'].map((name) => {
    const id = settings.text(name);
    const account = CONTAINER.exec(id)?.[1];
    if (account === undefined)
      throw invalidParameter(
        `${settings.path}.${name}`,
        `'${id}' is not the resource ID of a blob container.`,
      );
    return account.toLowerCase();
  });
  if (new Set(accounts).size > 1 || settings.text('container') === settings.text('loggingContainer'))
    throw invalidParameter(
      `${settings.path}.loggingContainer`,
      'The logging container must be another container of the same storage account.',
    );
  checkPrefixes(settings, 'importPrefixesInitial', 100);
}

/** Prefixes start with a slash. */
export function checkPrefixes(reader: JsonReader, name: string, most: number): void {
  const prefixes = reader.optionalTexts(name) ?? [];
  const wrong = prefixes.find((prefix) => !prefix.startsWith('/'));
  if (wrong !== undefined)
    throw invalidParameter(`${reader.path}.${name}`, `The prefix '${wrong}' must start with '/'.`);
  if (prefixes.length > most)
    throw invalidParameter(`${reader.path}.${name}`, `At most ${most} prefixes are allowed.`);
}

function checkSquash(squash: JsonReader): void {
  const mode = squash.optionalText('mode');
  if (mode !== undefined && !SQUASH_MODES.includes(mode))
    throw invalidParameter(
      `${squash.path}.mode`,
      `The squash mode '${mode}' is not valid. Valid values are: ${SQUASH_MODES.join(', ')}.`,
    );
  for (const name of ['squashUID', 'squashGID']) {
    const id = squash.optionalNumber(name);
    if (id !== undefined && !(Number.isInteger(id) && id >= 1 && id <= LARGEST_ID))
      throw invalidParameter(`${squash.path}.${name}`, `The value ${id} must be from 1 to ${LARGEST_ID}.`);
  }
}

function checkKey(encryption: JsonReader): void {
  const key = encryption.optionalObject('keyEncryptionKey');
  if (key === undefined) return;
  const url = key.text('keyUrl');
  if (!/^https:\/\/[^/]+\/keys\/[^/]+\/[^/]+$/.test(url))
    throw invalidParameter(`${key.path}.keyUrl`, `'${url}' is not the identifier of a key with its version.`);
  const vault = key.object('sourceVault').text('id');
  if (!VAULT.test(vault))
    throw invalidParameter(`${key.path}.sourceVault.id`, `'${vault}' is not the resource ID of a Key Vault.`);
}
