export type TokenKind = 'identifier' | 'end' | '(' | ')' | ',' | '!' | '=' | '==' | '!=' | '>' | '<';

export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
}

const symbols: readonly TokenKind[] = ['==', '!=', '=', '!', '(', ')', ',', '>', '<'];

/** Splits a label selector: the longest symbol that fits, else everything up to a symbol or white space. */
export function tokenize(selector: string): readonly Token[] {
  const tokens: Token[] = [];
  let rest = selector.trimStart();
  while (rest !== '') {
    const symbol = symbols.find((one) => rest.startsWith(one));
    const text = symbol ?? /^[^\s=!(),<>]+/.exec(rest)?.[0] ?? rest;
    tokens.push({ kind: symbol ?? 'identifier', text });
    rest = rest.slice(text.length).trimStart();
  }
  return [...tokens, { kind: 'end', text: '' }];
}
