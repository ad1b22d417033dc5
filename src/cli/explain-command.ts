import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { styleText } from 'node:util';
import { systemClock } from '../async/clock.ts';
import { readAzureJson } from '../cloud/azure/azure-json.ts';
import type { AzureCloudConfig } from '../cloud/azure/cloud-config.ts';
import * as catalog from '../drivers/catalog.ts';
import type { ExplainOptions } from '../drivers/driver-module.ts';
import { explainFiles } from '../explain/explain-manifests.ts';
import type { SourceFile } from '../explain/manifest.ts';
import { type Palette, plain, renderText } from '../explain/render-text.ts';
import { createLog } from '../telemetry/log.ts';
import { noMetrics } from '../telemetry/metrics.ts';
import { version } from '../version.ts';
import { azureChoice, azureConfigOf } from './commands/azure-options.ts';
import type { ExplainFlags } from './commands/explain.ts';
import { CommandFailure, exitCodes } from './exit-codes.ts';
import { manifestFiles } from './manifest-files.ts';
import { printJson } from './output.ts';

/** Exit code 1 when an error or a warning was found; notes alone are fine. */
export async function explainCommand(flags: ExplainFlags): Promise<number> {
  const files = (await Promise.all(flags.filename.map(readSources))).flat();
  const report = await explainFiles(files, catalog, await explainOptions(flags));
  if (flags.output === 'json') printJson(report);
  else process.stdout.write(renderText(report, palette(process.stdout)));
  return report.summary.errors + report.summary.warnings > 0 ? exitCodes.failure : exitCodes.fine;
}

async function explainOptions(flags: ExplainFlags): Promise<ExplainOptions> {
  const choice = azureChoice(flags);
  const signal = new AbortController().signal;
  if (!flags.check) {
    const kept = await readAzureJson(choice.azureJson, process.env);
    const config: AzureCloudConfig = { ...kept?.config, ...azureConfigOf(flags) };
    return { config, live: undefined, signal };
  }
  const { openAzure } = await import('../cloud/azure/open-azure.ts');
  const live = await openAzure({
    ...choice,
    userAgent: `berth-explain/${version}`,
    env: process.env,
    clock: systemClock,
    random: Math.random,
    log: createLog('warn'),
  });
  const { openAws } = await import('../cloud/aws/open-aws.ts');
  const aws = () =>
    openAws({
      userAgent: `berth-explain/${version}`,
      env: process.env,
      clock: systemClock,
      random: Math.random,
      metrics: noMetrics,
      log: createLog('warn'),
    });
  return { config: live.config, live, aws, signal };
}

async function readSources(name: string): Promise<readonly SourceFile[]> {
  const read = (file: string) => (file === '-' ? text(process.stdin) : readFile(file, 'utf8'));
  try {
    const files = await manifestFiles(name);
    return await Promise.all(files.map(async (file) => ({ name: file, text: await read(file) })));
  } catch (error) {
    throw new CommandFailure(exitCodes.wrongUsage, `cannot read the manifest ${name}`, { cause: error });
  }
}

function palette(stream: NodeJS.WriteStream): Palette {
  if (!stream.isTTY || process.env.NO_COLOR || process.env.TERM === 'dumb') return plain;
  const colours = { error: 'red', warning: 'yellow', note: 'cyan' } as const;
  return {
    heading: (words) => styleText('bold', words),
    severity: (severity, words) => styleText(colours[severity], words),
  };
}
