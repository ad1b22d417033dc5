/** What a part of the sandbox adds to the command line and environment of a plugin. */
export interface PluginSettings {
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

export function joinSettings(all: readonly PluginSettings[]): Required<PluginSettings> {
  return {
    args: all.flatMap(({ args = [] }) => args),
    env: Object.assign({}, ...all.map(({ env }) => env)),
  };
}
