/** A file system in Azure that Berth did not have to make. Absent parts come from the cloud configuration. */
export interface FileSystemName {
  readonly subscriptionId: string | undefined;
  readonly resourceGroup: string | undefined;
  readonly name: string;
}

const resourceId =
  /^\/subscriptions\/(?<subscription>[^/]+)\/resourceGroups\/(?<group>[^/]+)\/providers\/Microsoft\.StorageCache\/amlFilesystems\/(?<name>[^/]+)$/i;

/** Azure's rule for the names of AMLFS clusters. */
const clusterName = /^[a-zA-Z0-9][a-zA-Z0-9_-]{0,78}[a-zA-Z0-9]$/;

/** Reads a name or a resource ID; undefined for anything else. `resourceGroup` completes a name. */
export function readFileSystemName(
  text: string,
  resourceGroup: string | undefined,
): FileSystemName | undefined {
  const parts = resourceId.exec(text)?.groups;
  const name = parts?.name ?? text;
  if (!clusterName.test(name)) return undefined;
  return parts === undefined
    ? { subscriptionId: undefined, resourceGroup, name }
    : { subscriptionId: parts.subscription, resourceGroup: parts.group, name };
}
