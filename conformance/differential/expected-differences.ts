import type { ExpectedDifference } from '../testing/match-expected.ts';

/** How the sandbox's API server and Kubernetes differ: the request is `scenario/step`. */
export const expectedDifferences: readonly ExpectedDifference[] = [
  {
    title: 'Whoever holds a token may do everything, and nobody else anything',
    reason:
      'The sandbox is one person’s. Roles and bindings are stored, not enforced; requests without a token, which Kubernetes takes as those of `system:anonymous`, are refused as unauthenticated; impersonation is ignored; reviews say so.',
    at: [
      ['users/no token*', '*'],
      ['users/basic authentication', '*'],
      ['users/another user', '*'],
      ['users/may I*', '*'],
      ['users/what may I', '*'],
      ['users/who am I', 'body.status.userInfo.*'],
    ],
  },
  {
    title: 'Ownership of fields is kept from an object’s first server-side apply on',
    reason:
      'Kubernetes records managers of fields from the creation on. Until an object is first applied the sandbox records none; that apply then meets one manager, `before-first-apply`, who owns all there was. Nobody owns a map that is empty.',
    at: [
      ['apply-*', '*managedFields*'],
      ['apply-config-map/conflicts with the merge patch', 'body.*'],
      ['apply-lists/finalizers of another', '*'],
      ['apply-lists/finalizers given up', '*'],
    ],
  },
  {
    title: 'Some admission plugins and validations are left out',
    reason:
      'What is checked is what manifests for storage meet: claims, volumes, classes, drivers, pods and workloads. An object that only Kubernetes refuses fails later or not at all in the sandbox; so check manifests of other kinds against a cluster.',
    at: [
      ['kinds-core/odd node taint', '*'],
      ['kinds-core/node status', '*'],
      ['kinds-core/odd quota', 'body.*'],
      ['kinds-core/new event without a time', '*'],
      ['kinds-pod/projected volume', '*'],
      ['storage-volume/empty capacity', 'body.*'],
      ['custom-definitions/*', 'body.*'],
    ],
  },
  {
    title: 'Usage of a quota is counted by a loop alone',
    reason:
      'Kubernetes’ admission writes the new usage with each claim it lets in. The sandbox’s counts what there is each time it is asked, so it refuses the same claims, and `status.used` follows when the quota loop, which does not run in this comparison, has seen the claim.',
    at: [['admission-quota/used*', 'body.*']],
  },
  {
    title: 'Kinds and subresources that are not served',
    reason:
      'The sandbox runs no evictions and issues no tokens for service accounts; without a kubelet stand-in, as in this comparison, there are no logs. Kinds that are not served are listed below.',
    at: [
      ['subresources-pod/log of*', '*'],
      ['subresources-pod/evicted', '*'],
      ['subresources-pod/token of an account', 'body.*'],
      ['discovery/*', '*serviceaccounts].subresources'],
    ],
  },
  {
    title: 'Answers are JSON',
    reason:
      'A client that takes YAML, Kubernetes’ protobuf or tables of v1beta1 alone is refused; every client of the supported releases takes JSON and v1 as well. Metadata alone is given whether the client asks for that of an object or of a list.',
    at: [
      ['bodies-types/wants*', '*'],
      ['lists-representations/*', 'outcome'],
      ['lists-representations/table of another version', 'body.message'],
      ['lists-representations/nothing that is served', 'body.message'],
    ],
  },
  {
    title: 'Bodies that cannot be read are refused in other words',
    reason:
      'The same status and reason; the message is that of another JSON or YAML parser, and names the kind that was expected where Kubernetes names the one that was given.',
    at: [
      ['bodies-broken/*', 'body.message'],
      ['bodies-types/broken yaml', 'body.message'],
      ['bodies-field-validation/duplicate field of yaml refused', 'body.message'],
      ['patch-*/text', 'body.message'],
      ['delete-options/a body*', 'body.message'],
      ['custom-objects/no kind', 'body.message'],
      ['custom-objects/another kind', '*'],
      ['lists-pages/continue that is none', 'body.message'],
    ],
  },
  {
    title: 'Duplicate fields in JSON go unnoticed',
    reason:
      'The last one counts, as in Kubernetes, but there is no warning and no strict refusal. kubectl finds duplicates in a manifest itself.',
    at: [['bodies-field-validation/duplicate*', '*']],
  },
  {
    title: 'Patches that make no object are refused in other words',
    reason:
      'Kubernetes shows the whole object with its managed fields, or the patch as Go prints it, and answers 500 to some strategic merge patches and applied configurations that are wrong; the sandbox answers 400 or 422.',
    at: [
      ['patch-json/wrong type', 'body.*'],
      ['patch-merge/*', 'body.*'],
      ['patch-strategic/*', 'status'],
      ['patch-strategic/*', 'body.*'],
      ['apply-refusals/wrong type', '*'],
      ['apply-refusals/duplicate items', '*'],
    ],
  },
  {
    title: 'Refusals of a change do not show it in Go’s notation',
    reason:
      'Kubernetes adds the difference between its internal structs to some messages, and prints values with their Go field names.',
    at: [
      ['patch-strategic-pod/what may not change', 'body.*'],
      ['patch-volume/handle', 'body.*'],
      ['storage-volume/* may not*', 'body.*'],
      ['storage-claim/access modes', 'body.*'],
      ['storage-claim/* may not change', 'body.*'],
      ['storage-claim/size of an unbound claim', 'body.*'],
      ['storage-csi-node/driver changed', 'body.*'],
      ['storage-attachment/spec', 'body.*'],
      ['kinds-pod/command', 'body.*'],
      ['kinds-pod/node', 'body.*'],
      ['kinds-groups/odd disruption budget', 'body.*'],
      ['kinds-groups/role of a binding', 'body.*'],
      ['crud-config-map/replaced with another uid', 'body.message'],
    ],
  },
  {
    title: 'No warnings but those of unknown fields',
    reason: 'Kubernetes also warns of deprecated kinds, fields and annotations, and of advice not followed.',
    at: [
      ['kinds-core/endpoints', 'warnings*'],
      ['tables-core/endpoints*', 'warnings*'],
      ['storage-default-class/*', 'warnings*'],
      ['storage-csi-driver/everything set', 'warnings*'],
      ['tables-storage/driver', 'warnings*'],
      ['metadata-validation/owner twice', 'warnings*'],
      ['custom-objects/another version', 'warnings*'],
    ],
  },
  {
    title: 'A watch from a version of the future is told to list again',
    reason:
      'Kubernetes waits for that version. In the sandbox it means that the client remembers a state that was purged, and 410 makes it begin anew at once.',
    at: [['watch-refusals/version of the future', '*']],
  },
  {
    title: 'The old paths of watches are not served',
    reason: '`/api/v1/watch/…` is deprecated since Kubernetes 1.11; `?watch=true` does the same.',
    at: [['watch-changes/old form of the path', '*']],
  },
  {
    title: 'Custom resources are served at once',
    reason:
      'Kubernetes accepts the names and establishes a definition in the background; the sandbox has done both when it answers. A deletion shows no Terminating condition.',
    at: [['custom-objects/definition*', 'body.status.*']],
  },
  {
    title: 'Small things that are not kept',
    reason:
      'The generation of a CSIDriver, the template generation in a DaemonSet’s annotation, and the condition that marks finished pods in tables for old clients.',
    at: [
      ['storage-csi-driver/*', 'body.metadata.generation'],
      ['kinds-workloads/daemon set', 'body.metadata.annotations'],
      ['tables-workloads/daemonsets', 'body.metadata.annotations'],
      ['tables-pods/*', 'body.rows*.conditions'],
    ],
  },
  {
    title: 'Pods run as the service account `default`',
    reason:
      'The sandbox names the account, as Kubernetes does where its ServiceAccount admission runs (it is off in this comparison, nothing makes accounts here), but neither asks for its existence nor mounts a token.',
    at: [['*', 'body*.spec.serviceAccount*']],
  },
  {
    title: 'Columns of tables have no descriptions',
    reason: 'kubectl does not show them; names, order, types and cells are the same.',
    at: [['*', '*columnDefinitions[*].description']],
  },
  {
    title: 'Discovery shows neither storage version hashes nor the server’s addresses',
    reason:
      'The hashes tell whether stored objects have to be migrated; the sandbox stores one version of each kind. No client in use reads the addresses.',
    at: [
      ['*', 'body.resources[*].storageVersionHash'],
      ['discovery/versions of the core', 'body.serverAddressByClientCIDRs*'],
    ],
  },
];
