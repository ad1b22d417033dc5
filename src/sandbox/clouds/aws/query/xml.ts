/** An element's content: text, elements by name, or the same element several times. */
export type Xml = string | { readonly [name: string]: Xml | readonly Xml[] };

export function xmlDocument(name: string, content: Xml, namespace?: string): string {
  const attribute = namespace === undefined ? '' : ` xmlns="${escapeText(namespace)}"`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n<${name}${attribute}>${write(content)}</${name}>`;
}

function write(content: Xml): string {
  if (typeof content === 'string') return escapeText(content);
  return Object.entries(content)
    .flatMap(([name, value]) => (Array.isArray(value) ? value : [value]).map((item) => element(name, item)))
    .join('');
}

function element(name: string, content: Xml): string {
  return `<${name}>${write(content)}</${name}>`;
}

const entities: Readonly<Record<string, string>> = { '<': '&lt;', '>': '&gt;', '&': '&amp;', '"': '&quot;' };

function escapeText(text: string): string {
  return text.replace(/[<>&"]/g, (char) => entities[char] ?? char);
}
