import type { KubeObject, Pod } from '../../../kube/objects.ts';
import type { VolumeFile } from './file-volume.ts';
import { VolumeError } from './volume-error.ts';

interface KeyToPath {
  readonly key: string;
  readonly path: string;
  readonly mode?: number;
}

/** How a pod wants the keys of a ConfigMap or Secret as files. */
export interface FileSelection {
  readonly items?: readonly KeyToPath[];
  readonly defaultMode?: number;
  readonly optional?: boolean;
}

const DEFAULT_MODE = 0o644;

/** The keys of an object as files. Throws VolumeError for a key that is named and not there. */
export function objectFiles(
  contents: ReadonlyMap<string, Buffer>,
  selection: FileSelection,
  what: string,
): VolumeFile[] {
  const defaultMode = selection.defaultMode ?? DEFAULT_MODE;
  const items = selection.items ?? [...contents.keys()].map((key) => ({ key, path: key }) as KeyToPath);
  return items.flatMap(({ key, path, mode }) => {
    const content = contents.get(key);
    if (content !== undefined) return [{ path, content, mode: mode ?? defaultMode }];
    if (selection.optional) return [];
    throw new VolumeError(`references non-existent ${what} key: ${key}`);
  });
}

/** `data` of a ConfigMap is text, `binaryData` and the `data` of a Secret are base64. */
export function contentsOf(object: KubeObject): ReadonlyMap<string, Buffer> {
  const isSecret = object.kind === 'Secret' || 'type' in object;
  const { data = {}, binaryData = {} } = object as {
    data?: Record<string, string>;
    binaryData?: Record<string, string>;
  };
  return new Map([
    ...Object.entries(data).map(
      ([key, text]) => [key, Buffer.from(text, isSecret ? 'base64' : 'utf8')] as const,
    ),
    ...Object.entries(binaryData).map(([key, text]) => [key, Buffer.from(text, 'base64')] as const),
  ]);
}

/** The pod's own fields that the downward API serves; undefined for a path it does not know. */
export function podField(pod: Pod, path: string, addresses: { readonly node: string }): string | undefined {
  const { metadata, spec } = pod;
  const keyed = /^metadata\.(labels|annotations)\['(.+)'\]$/.exec(path);
  if (keyed !== null) return metadata[keyed[1] as 'labels' | 'annotations']?.[keyed[2] ?? ''] ?? '';
  switch (path) {
    case 'metadata.name':
      return metadata.name;
    case 'metadata.namespace':
      return metadata.namespace;
    case 'metadata.uid':
      return metadata.uid;
    case 'metadata.labels':
      return pairs(metadata.labels);
    case 'metadata.annotations':
      return pairs(metadata.annotations);
    case 'spec.nodeName':
      return spec.nodeName;
    case 'spec.serviceAccountName':
      return spec.serviceAccountName ?? 'default';
    case 'status.podIP':
    case 'status.podIPs':
    case 'status.hostIP':
    case 'status.hostIPs':
      return addresses.node;
    default:
      return undefined;
  }
}

function pairs(values: Readonly<Record<string, string>> = {}): string {
  return Object.entries(values)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
    .join('\n');
}
