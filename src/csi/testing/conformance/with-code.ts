import assert from 'node:assert/strict';
import { CsiError, type CsiErrorCode } from '../../errors.ts';

/** For assert.rejects: a CsiError of this code whose message is a sentence, matching `message` if given. */
export function withCode(code: CsiErrorCode, message: RegExp = /\S/): (error: unknown) => true {
  return (error) => {
    assert.ok(error instanceof CsiError, `not a CsiError: ${error}`);
    assert.equal(error.code, code, error.message);
    assert.match(error.message, message);
    return true;
  };
}
