import type { Claim } from './claim-request.ts';
import type { Manifest, Path } from './manifest.ts';
import { listAt, recordAt, textAt } from './object-fields.ts';
import { namespaceOf } from './workspace.ts';

/** The claims a StatefulSet makes for each of its pods: `<template>-<set>-<ordinal>`. */
export function statefulClaims(
  manifest: Manifest,
): readonly { readonly template: string; readonly claim: Claim; readonly specPath: Path }[] {
  return listAt(manifest.value, 'spec', 'volumeClaimTemplates').map((item, index) => {
    const template = textAt(item, 'metadata', 'name') ?? '';
    return {
      template,
      claim: {
        namespace: namespaceOf(manifest),
        name: `${template}-${manifest.name}-0`,
        uid: undefined,
        spec: recordAt(item, 'spec'),
      },
      specPath: ['spec', 'volumeClaimTemplates', index, 'spec'],
    };
  });
}
