import { existsSync } from 'node:fs';
import { builtPath, type GoTool } from './tools.ts';

/** The tool's path, or the sentence a skipped test prints. */
export type FoundTool = { readonly path: string } | { readonly missing: string };

export function findTool(tool: GoTool, env: NodeJS.ProcessEnv = process.env): FoundTool {
  const path = env[tool.overrideBy] || builtPath(tool, env);
  if (existsSync(path)) return { path };
  return {
    missing: `${tool.name} ${tool.version} (${tool.purpose}) is not here: install Go ${tool.goVersion} or newer and run npm test, or set ${tool.overrideBy}`,
  };
}
