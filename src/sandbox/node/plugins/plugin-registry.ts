import { type FSWatcher, watch } from 'node:fs';
import { mkdir, readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Clock } from '../../../async/clock.ts';
import { NodeDefinition, type NodeGetInfoResponse } from '../../../csi/gen/csi.ts';
import { RegistrationDefinition } from '../../../kubelet/gen/pluginregistration.ts';
import type { Log } from '../../../telemetry/log.ts';
import { callPlugin } from './call-plugin.ts';

export interface Plugin {
  /** The driver's name. */
  readonly name: string;
  /** Where it serves CSI. */
  readonly socketPath: string;
  readonly info: NodeGetInfoResponse;
}

export interface PluginRegistry {
  /** The plugin that serves a driver, while it is registered. */
  plugin(driver: string): Plugin | undefined;
  /** Resolves after the signal's abort, when nothing runs any more. */
  readonly done: Promise<void>;
}

export interface PluginRegistryOptions {
  /** kubelet's plugins_registry. */
  readonly directory: string;
  /** Makes the cluster know the plugin; the plugin is told when this fails. */
  readonly onRegister: (plugin: Plugin) => Promise<void>;
  readonly onUnregister: (driver: string) => Promise<void>;
  /** The plugin can be called from now on. */
  readonly onReady: (driver: string) => void;
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
}

const CALL_TIMEOUT_MS = 10_000;
/** A directory watch can miss what a restart of the plugin does within one event; a look now and then does not. */
const LOOK_EVERY_MS = 1000;

/**
 * Registers each plugin whose `*-reg.sock` appears, as kubelet does: GetInfo, NodeGetInfo, the CSINode, then word back to
 * the plugin. A socket that was replaced is a plugin that was restarted, and is registered again.
 */
export async function startPluginRegistry(options: PluginRegistryOptions): Promise<PluginRegistry> {
  const { directory, log, clock, signal } = options;
  const plugins = new Map<string, Plugin>();
  const registered = new Map<string, { readonly identity: string; readonly driver: string }>();
  await mkdir(directory, { recursive: true, mode: 0o700 });

  const forget = async (socket: string) => {
    const driver = registered.get(socket)?.driver;
    registered.delete(socket);
    if (driver === undefined) return;
    plugins.delete(driver);
    await options.onUnregister(driver);
  };
  const lookAt = async (socket: string) => {
    const identity = await identityOf(socket);
    if (identity === undefined || registered.get(socket)?.identity === identity) return;
    const plugin = await register(socket, options);
    registered.set(socket, { identity, driver: plugin.name });
    plugins.set(plugin.name, plugin);
    log.info({ driver: plugin.name, nodeId: plugin.info.nodeId }, 'plugin registered');
    options.onReady(plugin.name);
  };
  const look = async () => {
    const names = await readdir(directory);
    const sockets = names.filter((name) => name.endsWith('-reg.sock')).map((name) => join(directory, name));
    for (const gone of [...registered.keys()].filter((one) => !sockets.includes(one))) await forget(gone);
    for (const socket of sockets) {
      // A plugin still starting, or one that died and left its socket, is tried again at the next look.
      await lookAt(socket).catch((err) =>
        log.debug({ err, socket: basename(socket) }, 'plugin not registered yet'),
      );
    }
  };

  const run = async () => {
    while (!signal.aborted) {
      await look().catch((err) => log.warn({ err }, 'cannot look for plugins'));
      await wakeable.sleep(clock, signal);
    }
  };
  const wakeable = createWakeable();
  const watcher: FSWatcher = watch(directory, wakeable.wake);
  watcher.on('error', (err) => log.warn({ err }, 'cannot watch for plugins'));
  const done = run().finally(() => watcher.close());
  return { plugin: (driver) => plugins.get(driver), done };
}

function createWakeable() {
  let current = new AbortController();
  return {
    wake: () => current.abort(),
    async sleep(clock: Clock, signal: AbortSignal) {
      await clock.sleep(LOOK_EVERY_MS, AbortSignal.any([current.signal, signal])).catch(() => {});
      current = new AbortController();
    },
  };
}

async function identityOf(socket: string): Promise<string | undefined> {
  try {
    const { ino, birthtimeMs, ctimeMs } = await stat(socket);
    return `${ino} ${birthtimeMs} ${ctimeMs}`;
  } catch {
    return undefined;
  }
}

async function register(socket: string, { onRegister, signal }: PluginRegistryOptions): Promise<Plugin> {
  const limits = { timeoutMs: CALL_TIMEOUT_MS, signal };
  const { getInfo, notifyRegistrationStatus } = RegistrationDefinition.methods;
  const { name, endpoint } = await callPlugin(socket, RegistrationDefinition, getInfo, {}, limits);
  const socketPath = endpoint.replace(/^unix:(\/\/)?/, '');
  const tell = (error: string) =>
    callPlugin(
      socket,
      RegistrationDefinition,
      notifyRegistrationStatus,
      { pluginRegistered: error === '', error },
      limits,
    );
  try {
    const info = await callPlugin(socketPath, NodeDefinition, NodeDefinition.methods.nodeGetInfo, {}, limits);
    const plugin = { name, socketPath, info };
    await onRegister(plugin);
    await tell('');
    return plugin;
  } catch (error) {
    await tell(`RegisterPlugin error -- plugin registration failed with err: ${messageOf(error)}`).catch(
      () => {},
    );
    throw error;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
