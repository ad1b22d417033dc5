import { badRequest } from '../http/refusal.ts';

const DEFAULT_PAGE = 100;
const LARGEST_PAGE = 1000;

/** How many entries a page may have: `MaxResults` or `MaxItems`, 100 without, 1,000 at most. */
export function pageSize(query: URLSearchParams, name: string): number {
  const text = query.get(name);
  if (text === null) return DEFAULT_PAGE;
  const size = Number(text);
  if (!Number.isInteger(size) || size < 1) {
    throw badRequest(`Invalid value for ${name}: must be a whole number of at least 1.`);
  }
  return Math.min(size, LARGEST_PAGE);
}

/** Tokens name the last entry of a page, so that what comes and goes between two pages shifts nothing. */
export function readToken(query: URLSearchParams, name: string): string | undefined {
  const token = query.get(name);
  if (!token) return undefined;
  const text = Buffer.from(token, 'base64url').toString('utf8');
  if (!text.startsWith('after:')) throw badRequest(`Invalid ${name}`);
  return text.slice('after:'.length);
}

export function writeToken(last: string): string {
  return Buffer.from(`after:${last}`).toString('base64url');
}
