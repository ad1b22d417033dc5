import type { PersistentVolumeClaim, SecretReference } from '../kube/objects.ts';
import { reservedPrefix } from './names.ts';
import { Refusal } from './refusal.ts';

/** Whose secret a class may name, each by a parameter pair `…-secret-name` and `…-secret-namespace`. */
export const secretPurposes = [
  'provisioner',
  'controller-publish',
  'node-stage',
  'node-publish',
  'controller-expand',
  'node-expand',
  'controller-modify',
] as const;

export type SecretPurpose = (typeof secretPurposes)[number];

export type SecretReferences = Readonly<Partial<Record<SecretPurpose, SecretReference>>>;

/** `csi.storage.k8s.io/secret-name` serves all purposes that have no pair of their own. */
export function secretKeys(purpose?: SecretPurpose): { readonly name: string; readonly namespace: string } {
  const stem = `${reservedPrefix}${purpose === undefined ? '' : `${purpose}-`}secret`;
  return { name: `${stem}-name`, namespace: `${stem}-namespace` };
}

/**
 * The secrets that a class names for one claim, templates filled in.
 *
 * @throws Refusal for half a pair, an unknown token, or a result that no Secret can be called.
 */
export function secretReferences(
  parameters: Readonly<Record<string, string>>,
  claim: PersistentVolumeClaim,
  pvName: string,
): SecretReferences {
  const references: Partial<Record<SecretPurpose, SecretReference>> = {};
  for (const purpose of secretPurposes) {
    const keys = [secretKeys(purpose), secretKeys()].find(
      (pair) => parameters[pair.name] !== undefined || parameters[pair.namespace] !== undefined,
    );
    if (keys === undefined) continue;
    references[purpose] = resolve(parameters, keys, tokensFor(purpose, claim, pvName));
  }
  return references;
}

interface Tokens {
  readonly name: ReadonlyMap<string, string>;
  readonly namespace: ReadonlyMap<string, string>;
}

/**
 * A claim's annotations are its author's words. They may choose the secret's name, never its namespace; and not the
 * provisioner's secret, which the driver uses with its own rights.
 */
function tokensFor(purpose: SecretPurpose, claim: PersistentVolumeClaim, pvName: string): Tokens {
  const { namespace = '', name = '', annotations = {} } = claim.metadata;
  const inNamespace = new Map([
    ['pv.name', pvName],
    ['pvc.namespace', namespace],
  ]);
  const inName = new Map([...inNamespace, ['pvc.name', name]]);
  if (purpose !== 'provisioner')
    for (const [key, value] of Object.entries(annotations)) inName.set(`pvc.annotations['${key}']`, value);
  return { name: inName, namespace: inNamespace };
}

const dnsLabel = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;
const dnsSubdomain = /^(?=.{1,253}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

function resolve(
  parameters: Readonly<Record<string, string>>,
  keys: { readonly name: string; readonly namespace: string },
  tokens: Tokens,
): SecretReference {
  const name = parameters[keys.name];
  const namespace = parameters[keys.namespace];
  if (!name || !namespace)
    throw new Refusal(
      `StorageClass parameters ${keys.name} and ${keys.namespace} go together: ${name ? keys.namespace : keys.name} is missing or empty`,
    );
  const reference = {
    name: fillIn(keys.name, name, tokens.name),
    namespace: fillIn(keys.namespace, namespace, tokens.namespace),
  };
  if (!dnsSubdomain.test(reference.name))
    throw new Refusal(`${keys.name}: "${name}" gives "${reference.name}", which no Secret can be called`);
  if (!dnsLabel.test(reference.namespace))
    throw new Refusal(
      `${keys.namespace}: "${namespace}" gives "${reference.namespace}", which no namespace can be called`,
    );
  return reference;
}

function fillIn(key: string, template: string, tokens: ReadonlyMap<string, string>): string {
  return template.replace(/\$\{([^}]*)\}/g, (_, token: string) => {
    const value = tokens.get(token);
    if (value === undefined)
      throw new Refusal(
        `${key}: \${${token}} is not known here; there is ${[...tokens.keys()].map((known) => `\${${known}}`).join(', ')}`,
      );
    return value;
  });
}
