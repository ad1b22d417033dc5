import type { KeyEncryptionKey } from '../../../cloud/azure/aml-filesystem.ts';
import type { ParameterReader } from './parameter-reader.ts';

const keyUrlForm = /^https:\/\/[^/]+\/keys\/[^/]+\/[^/]+$/;
const vaultId =
  /^\/subscriptions\/[^/]+\/resourcegroups\/[^/]+\/providers\/microsoft\.keyvault\/vaults\/[^/]+$/i;

/** The customer's own key; undefined where Microsoft's serves. The file system reads it as one of its identities. */
export function readEncryption(
  { optional, refuse }: ParameterReader,
  identities: readonly string[],
): KeyEncryptionKey | undefined {
  const keyUrl = optional('encryption-key-url');
  const vault = optional('encryption-key-vault');
  if (keyUrl === undefined && vault === undefined) return undefined;
  if (keyUrl === undefined || !keyUrlForm.test(keyUrl))
    refuse(
      'encryption-key-url',
      `CreateVolume Parameter encryption-key-url must be the identifier of a key with its version, was: '${keyUrl ?? ''}'`,
      'e.g. https://<vault>.vault.azure.net/keys/<key>/<version>',
    );
  if (vault === undefined || !vaultId.test(vault))
    refuse(
      'encryption-key-vault',
      `CreateVolume Parameter encryption-key-vault must be the resource ID of a Key Vault, was: '${vault ?? ''}'`,
      'e.g. /subscriptions/<id>/resourceGroups/<group>/providers/Microsoft.KeyVault/vaults/<name>',
    );
  if (identities.length === 0)
    refuse(
      'identities',
      'CreateVolume identities must be provided together with encryption-key-url',
      'name a user-assigned identity that may use the key',
    );
  return { keyUrl: keyUrl ?? '', sourceVault: { id: vault ?? '' } };
}
