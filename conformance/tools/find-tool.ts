import { existsSync } from 'node:fs';
import { builtPath, controlPlaneTools, type GoTool, overriddenPath } from './tools.ts';

/** The tool's path, or the sentence a skipped test prints. */
export type FoundTool = { readonly path: string } | { readonly missing: string };

export function findTool(tool: GoTool, env: NodeJS.ProcessEnv = process.env): FoundTool {
  const path = overriddenPath(tool, env) ?? builtPath(tool, env);
  if (existsSync(path)) return { path };
  const command = controlPlaneTools.includes(tool)
    ? 'BERTH_CONFORMANCE=full npm test (builds for minutes, once)'
    : 'npm test';
  return {
    missing: `${tool.name} ${tool.version} (${tool.purpose}) is not here: install Go ${tool.goVersion} or newer and run ${command}, or set ${tool.overrideBy}${tool.asset ? ' or KUBEBUILDER_ASSETS' : ''}`,
  };
}
