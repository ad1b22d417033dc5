import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MountPlan } from '../csi/driver.ts';
import type { Found } from './mounted-at.ts';
import { type MountEntry, parseMountLine } from './mountinfo.ts';
import { targetState } from './target-state.ts';

const source = '10.0.0.4@tcp:/lustrefs';
const plan: MountPlan = { fsType: 'lustre', source, options: [], readonly: false };
const mounted = (more: Partial<MountEntry> = {}): Found => {
  const entry = parseMountLine(`99 27 0:50 / /t rw,relatime shared:1 - lustre ${source} rw,checksum,flock`);
  assert.ok(entry);
  return { type: 'mount', entry: { ...entry, ...more } };
};
const options = (...names: string[]) => mounted({ options: names });

const table: readonly [string, Found, Partial<MountPlan>, string, RegExp?][] = [
  ['nothing there', { type: 'nothing' }, {}, 'absent'],
  ['what was asked, with the file system own options', mounted(), {}, 'as-planned'],
  ['options only the file system knows', mounted(), { options: ['flock', 'user_xattr'] }, 'as-planned'],
  ['a stand-in of another type', mounted({ fsType: 'overlay' }), {}, 'as-planned'],
  [
    'another source',
    mounted({ source: '10.0.0.5@tcp:/lustrefs' }),
    {},
    'other',
    /10\.0\.0\.5@tcp.* not .*10\.0\.0\.4/,
  ],
  ['a sub-directory of the source', mounted(), { source: `${source}/team` }, 'other', /not ".*\/team"/],
  ['a bind of a part', mounted({ root: '/part' }), {}, 'other', /only "\/part"/],
  ['writable, asked read-only', mounted(), { readonly: true }, 'other', /read-write, not read-only/],
  ['writable, ro among the options', mounted(), { options: ['ro'] }, 'other', /not read-only/],
  ['read-only, asked writable', options('ro', 'relatime'), {}, 'other', /read-only, not read-write/],
  ['read-only as asked', options('ro', 'relatime'), { readonly: true }, 'as-planned'],
  ['read-only as a user option', options('ro'), { options: ['ro', 'flock'] }, 'as-planned'],
  ['read-only by its file system', mounted({ superOptions: ['ro'] }), { readonly: true }, 'as-planned'],
  ['a file system that turned read-only', mounted({ superOptions: ['ro'] }), {}, 'as-planned'],
  ['rw does not take readonly back', mounted(), { options: ['rw'], readonly: true }, 'other'],
  ['the last of ro and rw counts', mounted(), { options: ['ro', 'rw'] }, 'as-planned'],
  ['flags as asked', options('rw', 'noexec', 'noatime'), { options: ['noatime', 'noexec'] }, 'as-planned'],
  ['a flag missing', options('rw', 'noexec'), { options: ['noexec', 'nosuid'] }, 'other', /without nosuid/],
  ['a flag taken back', options('rw'), { options: ['noexec', 'exec'] }, 'as-planned'],
  ['a flag the kernel added', options('rw', 'nodev'), {}, 'as-planned'],
  ['a deleted directory', mounted({ root: '/gone//deleted' }), {}, 'corrupted', /deleted/],
  ['a mount that answers an error', { type: 'broken', errno: 'ESTALE' }, {}, 'corrupted', /ESTALE/],
];

for (const [name, found, asked, state, reason] of table) {
  test(`target: ${name} is ${state}`, () => {
    const judged = targetState(found, { ...plan, ...asked });
    assert.equal(judged.state, state);
    const words = 'difference' in judged ? judged.difference : 'reason' in judged ? judged.reason : '';
    assert.match(words, reason ?? /^/);
  });
}
