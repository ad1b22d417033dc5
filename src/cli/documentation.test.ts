import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Command } from 'commander';
import { addControllerCommand } from './commands/controller.ts';
import { addDirectoriesCommand } from './commands/directories.ts';
import { addExplainCommand } from './commands/explain.ts';
import { addNodeCommand } from './commands/node.ts';
import { addSandboxCommand } from './commands/sandbox.ts';
import { addUninstallCheckCommand } from './commands/uninstall-check.ts';
import { addVersionCommand } from './commands/version.ts';
import type { AddCommand } from './program.ts';

const docs = join(import.meta.dirname, '../../docs');
const read = (path: string) => readFileSync(join(docs, path), 'utf8');
const pagesIn = (folder: string) => readdirSync(join(docs, folder)).filter((name) => name !== 'README.md');

/** Which pages document which commands, sub-commands included. */
const references: readonly { readonly pages: readonly string[]; readonly commands: readonly AddCommand[] }[] =
  [
    {
      pages: ['reference/plugins.md'],
      commands: [addControllerCommand, addNodeCommand, addDirectoriesCommand, addUninstallCheckCommand],
    },
    { pages: ['reference/explain.md'], commands: [addExplainCommand] },
    { pages: ['reference/sandbox.md', 'reference/sandbox-faults.md'], commands: [addSandboxCommand] },
    { pages: ['reference/cli.md'], commands: [addVersionCommand] },
  ];

test('every flag of a command stands in its reference', () => {
  for (const { pages, commands } of references) {
    const text = pages.map(read).join('\n');
    for (const [command, flag] of flagsOf(commands))
      assert.match(text, new RegExp(`(${flag})\\b`), `${pages} says nothing of ${flag} of ${command}`);
  }
});

test('the reference of the command line names every command', () => {
  const text = read('reference/cli.md');
  for (const { commands } of references)
    for (const command of withCommands(commands)) assert.ok(text.includes(`berth ${command.name()}`));
});

test('the list of decisions has each of them once, under its own title', () => {
  const listed = [...read('decisions/README.md').matchAll(/^- \[(\d{4})\]\((.+?)\): (.+)$/gm)];
  const titled = listed.map(([, number, file, title]) => `${file} # ${number}: ${title}`);
  const expected = pagesIn('decisions').map((file) => `${file} ${read(`decisions/${file}`).split('\n')[0]}`);
  assert.deepEqual(titled.sort(), expected.sort());
});

test('the index of the documentation leads to every page', () => {
  const index = read('README.md');
  for (const folder of ['tutorials', 'guides', 'explanation', 'reference'])
    for (const page of pagesIn(folder)) assert.ok(index.includes(`(${folder}/${page})`), `${folder}/${page}`);
});

function withCommands(commands: readonly AddCommand[]): readonly Command[] {
  const program = new Command('berth');
  for (const add of commands) add(program);
  return program.commands;
}

/** Each with its short form as an alternative: `--output|-o`. Hidden ones are for Berth itself. */
function flagsOf(commands: readonly AddCommand[]): (readonly [command: string, flag: string])[] {
  const own = (command: Command): (readonly [string, string])[] => [
    ...command.options
      .filter(({ hidden }) => !hidden)
      .map(({ long, short }) => [command.name(), [long, short].filter(Boolean).join('|')] as const),
    ...command.commands.flatMap(own),
  ];
  return withCommands(commands).flatMap(own);
}
