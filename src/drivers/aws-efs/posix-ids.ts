import type { Refusal } from '../refusal.ts';
import { type ParameterKey, type Parameters, parameter } from './parameter-keys.ts';

/** User and group of a volume's access point. What the class does not fix is allocated from the range. */
export interface PosixIds {
  readonly uid: number | undefined;
  readonly gid: number | undefined;
  readonly range: IdRange;
}

/** Both ends belong to it. */
export interface IdRange {
  readonly start: number;
  readonly end: number;
}

export const defaultRange: IdRange = { start: 50_000, end: 60_000 };

/** EFS' limit, and the kernel's. */
const largestId = 2 ** 32 - 1;

/** @returns what could be read, with defaults in the place of what is refused. */
export function readPosixIds(parameters: Parameters, refusals: Refusal[]): PosixIds {
  const read = (key: ParameterKey, least: number) => readId(parameters, key, least, refusals);
  const ids = { uid: read('uid', 0), gid: read('gid', 0) };
  const [start, end] = [read('gidRangeStart', 1), read('gidRangeEnd', 1)];
  const given = (key: ParameterKey) => parameter(parameters, key) !== undefined;
  const refuse = (key: ParameterKey, message: string, fix: string) =>
    refusals.push({ code: 'invalid-argument', field: `parameters.${key}`, message, fix });
  if (given('gidRangeStart') && !given('gidRangeEnd'))
    refuse('gidRangeEnd', 'Missing gidRangeEnd parameter', 'give both ends of the range or neither');
  if (given('gidRangeEnd') && !given('gidRangeStart'))
    refuse('gidRangeStart', 'Missing gidRangeStart parameter', 'give both ends of the range or neither');
  if (start === undefined || end === undefined) return { ...ids, range: defaultRange };
  if (end > start) return { ...ids, range: { start, end } };
  refuse('gidRangeEnd', 'gidRangeEnd must be greater than gidRangeStart', `${end} is not more than ${start}`);
  return { ...ids, range: defaultRange };
}

function readId(
  parameters: Parameters,
  key: ParameterKey,
  least: number,
  refusals: Refusal[],
): number | undefined {
  const text = parameter(parameters, key);
  if (text === undefined) return undefined;
  const refuse = (message: string, fix: string) => {
    refusals.push({ code: 'invalid-argument', field: `parameters.${key}`, message, fix });
    return undefined;
  };
  const allowed = `a whole number from ${least} to ${largestId}`;
  if (!/^[+-]?[0-9]+$/.test(text)) return refuse(`Failed to parse invalid ${key}: ${text}`, allowed);
  const value = Number(text);
  const comparison = least === 0 ? 'greater or equal than 0' : 'greater than 0';
  if (value < least) return refuse(`${key} must be ${comparison}`, `was ${text}; ${allowed}`);
  if (value > largestId) return refuse(`${key} must be at most ${largestId}`, `was ${text}`);
  return value;
}
