import { createHash } from 'node:crypto';

/** Azure's rule for the name of an AMLFS resource. */
const azureName = /^[a-zA-Z0-9][a-zA-Z0-9_-]{0,78}[a-zA-Z0-9]$/;

const readableLength = 40;

/**
 * The name of the Azure resource for a CSI volume name: the same where Azure allows it (`pvc-<uid>` always), else what
 * is readable of it and 64 bits of its SHA-256, which a volume's full-name tag then spells out.
 */
export function fileSystemName(volumeName: string): string {
  if (azureName.test(volumeName)) return volumeName;
  const readable = volumeName
    .replace(/[^a-zA-Z0-9_-]+/g, '-')
    .replace(/^[_-]+/, '')
    .slice(0, readableLength);
  const hash = createHash('sha256').update(volumeName).digest('hex').slice(0, 16);
  return `${readable || 'volume'}-${hash}`;
}
