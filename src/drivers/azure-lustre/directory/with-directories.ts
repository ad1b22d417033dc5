import type { VolumeBackend } from '../../../csi/driver.ts';
import type { ControllerPorts } from '../../driver-module.ts';
import { readParameterKeys } from '../parameters/parameter-keys.ts';
import { createDirectoryBackend } from './directory-backend.ts';
import { wantsDirectory } from './directory-parameters.ts';
import { createDirectoryPlaces } from './directory-places.ts';
import { parseDirectoryId } from './directory-volume.ts';

/** A part of one backend, and the backend to hand it back to. */
interface Routed {
  readonly to: VolumeBackend;
  readonly part: unknown;
}

const isDirectoryClass = (parameters: Readonly<Record<string, string>>) =>
  wantsDirectory(readParameterKeys(parameters));

/** Sends classes that want a directory per claim, and the volumes made for them, to a backend of their own. */
export function withDirectories(
  fileSystems: VolumeBackend,
  ports: ControllerPorts,
): VolumeBackend<Routed, Routed> {
  const directories: VolumeBackend = createDirectoryBackend(ports) as VolumeBackend;
  const ofId = (id: string) => (parseDirectoryId(id) === undefined ? fileSystems : directories);
  const { made, expand, list } = fileSystems;
  const places = createDirectoryPlaces(ports);
  return {
    ...fileSystems,
    intent(request) {
      const to = isDirectoryClass(request.parameters) ? directories : fileSystems;
      return { to, part: to.intent(request) };
    },
    find: ({ to, part }, call) => to.find(part, call),
    plan: async ({ to, part }, call) => ({ to, part: await to.plan(part, call) }),
    conflict: ({ to, part }, found) => to.conflict(part, found),
    admit: async ({ to, part }, call) => to.admit?.(part, call),
    async create({ to, part }, call) {
      const volume = await to.create(part, call);
      places.note(volume.id);
      return volume;
    },
    complete: ({ to, part }, found, call) => to.complete(part, found, call),
    discard: ({ to, part }, found, call) => to.discard(part, found, call),
    get: (id, call, secrets) => ofId(id).get(id, call, secrets),
    delete: (id, secrets, call) => ofId(id).delete(id, secrets, call),
    usedBy: async (id, others, call) => ofId(id).usedBy?.(id, others, call),
    ...(expand && { expand: (id, range, call) => (ofId(id).expand ?? expand)(id, range, call) }),
    ...(list && { list: async (call) => [...(await list(call)), ...(await places.volumes(call))] }),
    ...(made && {
      async made(classes, call) {
        await places.noteClasses(classes.filter(isDirectoryClass), call);
        return made(
          classes.filter((parameters) => !isDirectoryClass(parameters)),
          call,
        );
      },
    }),
  };
}
