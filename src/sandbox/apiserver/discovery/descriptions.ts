/** What `kubectl explain` says of the kinds and fields a storage user meets; the rest shows its type alone. */
const typeDescriptions: Readonly<Record<string, string>> = {
  V1StorageClass:
    'A class of storage: which driver makes volumes for it, with which parameters. Cluster-wide.',
  V1PersistentVolumeClaim: "A user's request for a volume of some size, class and access mode.",
  V1PersistentVolume: 'A piece of storage in the cluster, made by a driver for a claim or by hand.',
  V1Pod: 'Containers that run together on one node, with the volumes they share.',
  V1Deployment:
    'Keeps a number of pods made from one template running, and replaces them when the template changes.',
  V1ReplicaSet: 'Keeps a number of pods made from one template running.',
  V1StatefulSet:
    'Pods with a stable name and a claim of their own each. Stored by the sandbox; see its limits.',
  V1DaemonSet: 'One pod per node. Stored by the sandbox; see its limits.',
  V1Namespace: 'A scope for names; deleting it deletes everything in it.',
  V1Node: 'A machine that runs pods.',
  V1Secret: 'Confidential values, base64 in data. A mount or a driver reads them.',
  V1ConfigMap: 'Configuration values that pods read.',
  V1ServiceAccount: 'An identity for pods.',
  V1Service: 'A stable name and address for pods. Stored by the sandbox, without a proxy behind it.',
  V1ResourceQuota: 'Limits what one namespace may create; the sandbox enforces it when objects are created.',
  V1CSIDriver: 'What Kubernetes has to know of a CSI driver, under the name of the driver.',
  V1CSINode: 'Which CSI drivers a node has registered.',
  V1VolumeAttachment: 'The wish to attach a volume to a node, and whether it is attached.',
  V1Lease: 'A lock with a holder and an expiry, as used for leader election.',
  V1CustomResourceDefinition: 'Adds a kind of its own to the API.',
  CoreV1Event: 'Something that happened to an object. Kept for an hour.',
  EventsV1Event: 'Something that happened to an object. Kept for an hour.',
};

const fieldDescriptions: Readonly<Record<string, string>> = {
  'V1StorageClass.provisioner': 'Name of the CSI driver that makes the volumes. Fixed after creation.',
  'V1StorageClass.parameters': 'Passed to the driver as they are. Fixed after creation.',
  'V1StorageClass.reclaimPolicy':
    'What happens to a volume whose claim is deleted: Delete (default) or Retain.',
  'V1StorageClass.volumeBindingMode':
    'Immediate (default), or WaitForFirstConsumer: when a pod uses the claim.',
  'V1StorageClass.allowVolumeExpansion': 'Whether claims of this class may ask for more later.',
  'V1StorageClass.mountOptions': 'Options that volumes of this class are mounted with.',
  'V1PersistentVolumeClaimSpec.accessModes':
    'How the volume is used: ReadWriteOnce, ReadOnlyMany, ReadWriteMany or ReadWriteOncePod.',
  'V1PersistentVolumeClaimSpec.resources': 'The size, as requests.storage.',
  'V1PersistentVolumeClaimSpec.storageClassName':
    'The class to take the volume from; empty for a volume without class. Absent: the default class.',
  'V1PersistentVolumeClaimSpec.volumeName': 'The volume the claim is bound to.',
  'V1PersistentVolumeClaimSpec.volumeMode': 'Filesystem (default) or Block.',
  'V1PersistentVolumeSpec.csi': 'A volume that a CSI driver serves.',
  'V1PersistentVolumeSpec.claimRef': 'The claim the volume is bound or reserved to.',
  'V1PersistentVolumeSpec.persistentVolumeReclaimPolicy':
    'What happens when the claim is deleted: Retain (default of a volume made by hand) or Delete.',
  'V1CSIPersistentVolumeSource.driver': 'Name of the CSI driver.',
  'V1CSIPersistentVolumeSource.volumeHandle': 'The name by which the driver knows the volume.',
  'V1CSIPersistentVolumeSource.volumeAttributes': 'Passed to the driver with every mount.',
  'V1PodSpec.containers': 'The containers; at least one.',
  'V1PodSpec.volumes': 'The volumes that containers can mount, by name.',
  'V1PodSpec.nodeName': 'The node the pod is on.',
  'V1Container.command': 'What runs, in place of the entry point of the image.',
  'V1Container.volumeMounts': 'Where the volumes of the pod appear in the container.',
  'V1ResourceQuotaSpec.hard':
    'The limits: persistentvolumeclaims, requests.storage, CLASS.storageclass.storage.k8s.io/persistentvolumeclaims, count/RESOURCE, ...',
  'V1Secret.data': 'Values in base64.',
  'V1Secret.stringData': 'Values in plain text, written into data.',
};

const everyObject: Readonly<Record<string, string>> = {
  apiVersion: 'Group and version of the object.',
  kind: 'Kind of the object.',
  metadata: 'Name, namespace, labels, annotations and what the server keeps about the object.',
  spec: 'What is wanted.',
  status: 'What is the case, written by controllers.',
};

export function describeType(type: string): string | undefined {
  return typeDescriptions[type];
}

export function describeField(type: string, field: string): string | undefined {
  return (
    fieldDescriptions[`${type}.${field}`] ??
    (typeDescriptions[type] === undefined ? undefined : everyObject[field])
  );
}
