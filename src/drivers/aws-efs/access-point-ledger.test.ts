import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { AccessPoint } from '../../cloud/aws/efs-client.ts';
import { consistencyMs, createAccessPointLedger } from './access-point-ledger.ts';

const range = { start: 100, end: 109 };
const accessPoint = (token: string, gid: number): AccessPoint => ({
  id: `fsap-${token}`,
  fileSystemId: 'fs-00000001',
  clientToken: token,
  state: 'available',
  posixUser: { uid: gid, gid },
  rootDirectory: { path: `/${token}` },
  tags: {},
});

describe('the ledger of a file system', () => {
  test('gives no GID twice, whatever creates, deletes, lost answers and listings come in whatever order', () => {
    const token = fc.constantFrom(...'abcdefghijklmno');
    const step = fc.record({
      what: fc.constantFrom('create', 'refused', 'lost', 'lost-after', 'delete', 'list'),
      token,
      passes: fc.nat(2 * consistencyMs),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const ledger = createAccessPointLedger();
        const cloud = new Map<string, AccessPoint>();
        let now = 1_000_000;
        for (const { what, token, passes } of steps) {
          now += passes;
          const there = cloud.get(token);
          if (what === 'list') ledger.replace([...cloud.values()], now);
          else if (what === 'delete') {
            cloud.delete(token);
            ledger.remove(`fsap-${token}`, now);
          } else if (there !== undefined) ledger.add(there, { now, made: false });
          else {
            const gid = ledger.take(token, range);
            if (gid === undefined) continue;
            const made = accessPoint(token, gid);
            if (what === 'create' || what === 'lost-after') cloud.set(token, made);
            if (what === 'create') ledger.add(made, { now, made: true });
            else if (what === 'refused') ledger.giveBack(token);
            else ledger.doubt(token, now);
          }
          const gids = [...cloud.values()].map(({ posixUser }) => posixUser?.gid);
          assert.equal(new Set(gids).size, gids.length, gids.join(' '));
        }
      }),
    );
  });

  test('keeps what was made a moment ago though a listing does not show it yet, and forgets it when it never does', () => {
    const ledger = createAccessPointLedger();
    ledger.add(accessPoint('a', 100), { now: 1000, made: true });
    ledger.replace([], 2000);
    assert.ok(ledger.byToken('a'));
    ledger.replace([], 1000 + consistencyMs + 1);
    assert.equal(ledger.byToken('a'), undefined);
  });

  test('does not take back what was deleted a moment ago though a listing shows it still', () => {
    const ledger = createAccessPointLedger();
    const made = accessPoint('a', 100);
    ledger.add(made, { now: 1000, made: true });
    ledger.remove(made.id, 2000);
    ledger.replace([made], 3000);
    assert.equal(ledger.byToken('a'), undefined);
  });

  test('holds the GID of a create without an answer until a later listing shows that it came to nothing', () => {
    const ledger = createAccessPointLedger();
    const one = { start: 7, end: 7 };
    assert.equal(ledger.take('a', one), 7);
    ledger.doubt('a', 1000);
    assert.equal(ledger.take('b', one), undefined);
    assert.equal(ledger.take('a', one), 7);
    ledger.doubt('a', 1000);
    ledger.replace([], 2000);
    assert.equal(ledger.take('b', one), undefined);
    ledger.replace([], 1001 + consistencyMs);
    assert.equal(ledger.take('b', one), 7);
  });

  test('finds the last free GID of ten thousand in a moment', () => {
    const ledger = createAccessPointLedger();
    const wide = { start: 50_000, end: 60_000 };
    ledger.replace(
      Array.from({ length: 10_000 }, (_, index) => accessPoint(`t${index}`, 50_000 + index)),
      1000,
    );
    assert.equal(ledger.take('new', wide), 60_000);
    assert.equal(ledger.take('another', wide), undefined);
  });
});
