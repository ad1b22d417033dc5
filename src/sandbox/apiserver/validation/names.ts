const label = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const subdomain = String.raw`${label}(\.${label})*`;
const qualifiedPart = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';
const labelValue = `(${qualifiedPart})?`;
const label1035 = '[a-z]([-a-z0-9]*[a-z0-9])?';

const whole = (pattern: string) => new RegExp(`^(?:${pattern})$`);
const patterns = {
  label: whole(label),
  subdomain: whole(subdomain),
  qualifiedPart: whole(qualifiedPart),
  labelValue: whole(labelValue),
  label1035: whole(label1035),
  configKey: /^[-._a-zA-Z0-9]+$/,
};

const used = (examples: string, pattern: string) =>
  `(${examples}, regex used for validation is '${pattern}')`;

const subdomainMessage = `a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character ${used("e.g. 'example.com'", subdomain)}`;
const labelMessage = `a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character ${used("e.g. 'my-name',  or '123-abc'", label)}`;
const label1035Message = `a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character ${used("e.g. 'my-name',  or 'abc-123'", label1035)}`;
const qualifiedMessage = `name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character ${used("e.g. 'MyName',  or 'my.name',  or '123-abc'", qualifiedPart)}`;
const labelValueMessage = `a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character ${used("e.g. 'MyValue',  or 'my_value',  or '12345'", labelValue)}`;
const configKeyMessage = `a valid config key must consist of alphanumeric characters, '-', '_' or '.' ${used("e.g. 'key.name',  or 'KEY_NAME',  or 'key-name'", '[-._a-zA-Z0-9]+')}`;

/** What is wrong with a name, in Kubernetes' words; empty when it is fine. */
export type NameCheck = (name: string) => string[];

function checkName(pattern: RegExp, message: string, most: number, unit = 'bytes'): NameCheck {
  return (name) => [
    ...(name.length > most ? [`must be no more than ${most} ${unit}`] : []),
    ...(pattern.test(name) ? [] : [message]),
  ];
}

export const dnsSubdomain: NameCheck = checkName(patterns.subdomain, subdomainMessage, 253, 'characters');
export const dnsLabel: NameCheck = checkName(patterns.label, labelMessage, 63, 'characters');
export const dns1035Label: NameCheck = checkName(patterns.label1035, label1035Message, 63);
export const validLabelValue: NameCheck = checkName(patterns.labelValue, labelValueMessage, 63);

/** Keys of Secrets and ConfigMaps. */
export const validConfigKey: NameCheck = (name) =>
  name === '.' || name === '..'
    ? [`must not be '${name}'`]
    : checkName(patterns.configKey, configKeyMessage, 253)(name);

/** RBAC names and those of custom paths: anything that can stand between two slashes. */
export const pathSegment: NameCheck = (name) => {
  if (name === '.' || name === '..') return [`may not be '${name}'`];
  return ['/', '%'].filter((sign) => name.includes(sign)).map((sign) => `may not contain '${sign}'`);
};

/** Annotation keys, finalizers, resource names of quotas: `prefix/name`. */
export const qualifiedName: NameCheck = (name) => checkQualified(name, 'a qualified name');

/** The same for keys of labels, which Kubernetes calls so in one message. */
export const labelKey: NameCheck = (name) => checkQualified(name, 'a valid label key');

function checkQualified(name: string, called: string): string[] {
  const parts = name.split('/');
  const part = parts.at(-1) ?? '';
  if (parts.length > 2)
    return [
      `${called} must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character ${used("e.g. 'MyName',  or 'my.name',  or '123-abc'", qualifiedPart)} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`,
    ];
  const prefixErrors =
    parts.length === 1
      ? []
      : parts[0] === ''
        ? ['prefix part must be non-empty']
        : dnsSubdomain(parts[0] ?? '').map((message) => `prefix part ${message}`);
  if (part === '') return [...prefixErrors, 'name part must be non-empty', qualifiedMessage];
  return [
    ...prefixErrors,
    ...(part.length > 63 ? ['name part must be no more than 63 bytes'] : []),
    ...(patterns.qualifiedPart.test(part) ? [] : [qualifiedMessage]),
  ];
}
