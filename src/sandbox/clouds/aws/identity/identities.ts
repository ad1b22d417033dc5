import { randomBytes } from 'node:crypto';
import type { Documents } from '../../state/state-file.ts';

/** Who sends a request. */
export interface Principal {
  /** Twelve digits. */
  readonly account: string;
  readonly arn: string;
  readonly userId: string;
}

/** Keys the sandbox gave out, so that it knows their secret and their end. */
export interface IssuedKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  /** Milliseconds since the epoch. */
  readonly expiration: number;
  readonly principal: Principal;
}

/** A role that asks for more than any role in the sandbox does. */
export interface Role {
  readonly arn: string;
  readonly externalId: string;
}

export interface Identities {
  find(accessKeyId: string): IssuedKey | undefined;
  /** Makes temporary keys of a role. */
  issue(session: RoleSession, now: number): IssuedKey;
}

export interface RoleSession {
  readonly account: string;
  readonly roleName: string;
  readonly sessionName: string;
  readonly lifetimeSeconds: number;
}

/** Keys that have ended are forgotten after a day; until then their error says that they ended. */
const FORGET_AFTER_MS = 86_400_000;

export function openIdentities(documents: Documents<IssuedKey>): Identities {
  return {
    find: (accessKeyId) => documents.get(accessKeyId),
    issue(session, now) {
      for (const { accessKeyId, expiration } of documents.all()) {
        if (expiration + FORGET_AFTER_MS < now) documents.delete(accessKeyId);
      }
      const { account, roleName, sessionName, lifetimeSeconds } = session;
      const key: IssuedKey = {
        accessKeyId: `ASIA${upperCase(16)}`,
        secretAccessKey: randomBytes(30).toString('base64'),
        sessionToken: randomBytes(180).toString('base64'),
        expiration: now + lifetimeSeconds * 1000,
        principal: {
          account,
          arn: `arn:aws:sts::${account}:assumed-role/${roleName}/${sessionName}`,
          userId: `AROA${upperCase(17)}:${sessionName}`,
        },
      };
      documents.put(key.accessKeyId, key);
      return key;
    },
  };
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

function upperCase(length: number): string {
  return [...randomBytes(length)].map((byte) => alphabet[byte % alphabet.length]).join('');
}
