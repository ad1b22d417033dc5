import { execFileSync } from 'node:child_process';

/** mount(8), for what a test finds mounted. */
export const mount = (...args: string[]): void => {
  execFileSync('mount', args);
};

export const umount = (...args: string[]): void => {
  execFileSync('umount', args);
};
