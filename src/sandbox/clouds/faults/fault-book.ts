import type { Documents } from '../state/state-file.ts';
import { type Fault, type FaultKinds, type FaultMatch, numberParameter } from './fault.ts';
import { parseFault } from './parse-fault.ts';

/** The faults set now. They are kept in the state, so that they outlive a restart. */
export interface FaultBook<Kind extends string> {
  readonly kinds: FaultKinds<Kind>;
  list(): readonly Fault<Kind>[];
  /** Checks and adds a fault; throws FaultRefusal. */
  set(input: unknown): Fault<Kind>;
  /** Clears one fault, or all; tells how many there were. */
  clear(id?: string): number;
  /** Whether a fault of this kind strikes the request now; uses it up by one. */
  take(kind: Kind, struck: Struck, applies?: (fault: Fault<Kind>) => boolean): Fault<Kind> | undefined;
  /** A fault of this kind that holds as long as it is set. */
  standing(kind: Kind, struck?: Struck, applies?: (fault: Fault<Kind>) => boolean): Fault<Kind> | undefined;
}

/** What a fault is matched against. */
export interface Struck {
  readonly method: string;
  readonly path: string;
}

/** `random` gives numbers from 0 up to 1, for faults with a rate. */
export function openFaultBook<Kind extends string>(
  kinds: FaultKinds<Kind>,
  documents: Documents<Fault<Kind>>,
  random: () => number,
): FaultBook<Kind> {
  const find = (kind: Kind, struck: Struck | undefined, applies: (fault: Fault<Kind>) => boolean) =>
    documents
      .all()
      .find(
        (fault) =>
          fault.kind === kind && (struck === undefined || matches(fault.match, struck)) && applies(fault),
      );
  const always = () => true;

  return {
    kinds,
    list: () => documents.all(),
    set: (input) => {
      const fault = parseFault(kinds, nextId(documents.all()), input);
      documents.put(fault.id, fault);
      return fault;
    },
    clear: (id) => {
      const gone = documents.all().filter((fault) => id === undefined || fault.id === id);
      for (const fault of gone) documents.delete(fault.id);
      return gone.length;
    },
    take: (kind, struck, applies = always) => {
      const fault = find(kind, struck, applies);
      if (fault === undefined || random() >= numberParameter(fault, 'rate', 1)) return undefined;
      if (fault.remaining === 1) documents.delete(fault.id);
      else if (fault.remaining !== undefined) {
        documents.put(fault.id, { ...fault, remaining: fault.remaining - 1 });
      }
      return fault;
    },
    standing: (kind, struck, applies = always) => find(kind, struck, applies),
  };
}

function nextId(faults: readonly Fault[]): string {
  const highest = Math.max(0, ...faults.map((fault) => Number(fault.id.slice(1))));
  return `f${String(highest + 1).padStart(4, '0')}`;
}

function matches(match: FaultMatch, { method, path }: Struck): boolean {
  if (match.method !== undefined && match.method.toUpperCase() !== method) return false;
  if (match.path !== undefined && !glob(`*${match.path}*`).test(path)) return false;
  return match.name === undefined || glob(match.name).test(path.slice(path.lastIndexOf('/') + 1));
}

function glob(pattern: string): RegExp {
  const parts = pattern.split('*').map((part) => part.replace(/[\\^$.|?+()[\]{}]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 'i');
}
