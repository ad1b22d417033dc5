import { ContainerConfigError, expandVariables } from './container-env.ts';
import type { NodeContainer } from './pod-objects.ts';

/** Images whose own command only has to stay there; written without registry and tag. */
const waitingImages = new Set(['pause', 'nginx', 'httpd']);
/** Images that have no entry point, so that a container's arguments are its command. */
const plainImages = new Set(['busybox', 'alpine', 'debian', 'ubuntu']);
const WAIT = [
  'sh',
  '-c',
  'echo "berth sandbox: images are not pulled; this container only waits"; exec sleep infinity',
];

/**
 * Program and arguments of a container. The sandbox pulls no images, so what an image would run by itself is unknown.
 *
 * @throws ContainerConfigError when the container has no command of its own
 */
export function containerCommand(
  container: NodeContainer,
  env: Readonly<Record<string, string>>,
): readonly string[] {
  const { command = [], args = [], image = '' } = container;
  const words = [...command, ...args].map((word) => expandVariables(word, env));
  if (command.length > 0 || (args.length > 0 && plainImages.has(nameOf(image)))) return words;
  if (args.length === 0 && waitingImages.has(nameOf(image))) return WAIT;
  throw new ContainerConfigError(
    `image "${image}" is not pulled in the sandbox, so its own entry point is not there: give the container a command, which runs as a process on this machine`,
  );
}

function nameOf(image: string): string {
  const last = image.slice(image.lastIndexOf('/') + 1);
  return last.replace(/[:@].*$/, '');
}
