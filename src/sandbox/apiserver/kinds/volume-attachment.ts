import type { KubeObject } from '../../../kube/objects.ts';
import { type FieldError, immutable, invalidValue, required } from '../validation/field-error.ts';
import { dnsSubdomain } from '../validation/names.ts';
import { type KindRules, sameJson } from './kind-rules.ts';

interface VolumeAttachment extends KubeObject {
  spec: {
    attacher?: string;
    nodeName?: string;
    source?: { persistentVolumeName?: string; inlineVolumeSpec?: object };
  };
}

export const volumeAttachmentRules: KindRules<VolumeAttachment> = {
  setDefaults(attachment) {
    attachment.spec ??= {};
  },
  prepareCreate(attachment) {
    attachment.status = { attached: false };
  },
  validate: ({ spec: { attacher = '', nodeName = '', source = {} } }) => [
    ...(attacher === '' ? [required('spec.attacher')] : []),
    ...dnsSubdomain(nodeName).map((detail) => invalidValue('spec.nodeName', nodeName, detail)),
    ...validateSource(source),
  ],
  validateUpdate: ({ spec }, { spec: old }) => (sameJson(spec, old) ? [] : [immutable('spec', spec)]),
};

function validateSource({
  persistentVolumeName,
  inlineVolumeSpec,
}: NonNullable<VolumeAttachment['spec']['source']>) {
  const none = 'must specify exactly one of inlineVolumeSpec and persistentVolumeName';
  const errors: FieldError[] = [];
  if (persistentVolumeName === undefined && inlineVolumeSpec === undefined) {
    errors.push(required('spec.source', none));
  } else if (persistentVolumeName === '') {
    errors.push(required('spec.source.persistentVolumeName', 'must specify non empty persistentVolumeName'));
  }
  return errors;
}
