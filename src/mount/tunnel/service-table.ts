import { allocatePort, type PortRange } from './allocate-port.ts';
import { specKey, type TunnelService, type TunnelSpec } from './tunnel-service.ts';

interface Row {
  readonly service: TunnelService;
  readonly key: string;
  /** Callers between `take` and their release. */
  holders: number;
  /** Looks in a row at which nobody used it. */
  idleLooks: number;
  leaving: boolean;
}

export interface HeldService {
  readonly service: TunnelService;
  /** Whether it is a new one. */
  readonly added: boolean;
  readonly release: () => void;
}

/** A service may look unused while a mount is on its way or being moved, so it goes at the second look only. */
const IDLE_LOOKS = 2;

/** The services of the tunnel in memory: who has which port, and who still needs it. No I/O. */
export interface ServiceTable {
  /** The service for `spec`, held until released; a new one gets a port that `used` does not hold. */
  take(spec: TunnelSpec, used: ReadonlySet<number>): HeldService;
  /** All but those on their way out. */
  services(): readonly TunnelService[];
  specAt(port: number): TunnelSpec | undefined;
  /** Marks those that nobody holds or uses, seen so for the second time, as leaving, and returns them. */
  retire(used: ReadonlySet<number>): readonly TunnelService[];
  /** Frees the port of a leaving one. */
  forget(port: number): void;
}

export function createServiceTable(recorded: readonly TunnelService[], range?: PortRange): ServiceTable {
  const rows = new Map<number, Row>();
  const add = (service: TunnelService): Row => {
    const row = { service, key: specKey(service.spec), holders: 0, idleLooks: 0, leaving: false };
    rows.set(service.port, row);
    return row;
  };
  for (const service of recorded) add(service);
  const present = () => [...rows.values()].filter(({ leaving }) => !leaving);

  return {
    take(spec, used) {
      const key = specKey(spec);
      const known = present().find((one) => one.key === key);
      const row = known ?? add({ port: allocatePort(new Set([...used, ...rows.keys()]), range), spec });
      row.holders += 1;
      let held = true;
      const release = () => {
        if (held) row.holders -= 1;
        held = false;
      };
      return { service: row.service, added: known === undefined, release };
    },
    services: () => present().map(({ service }) => service),
    specAt: (port) => rows.get(port)?.service.spec,
    retire(used) {
      const retired: TunnelService[] = [];
      for (const row of present()) {
        const idle = row.holders === 0 && !used.has(row.service.port);
        row.idleLooks = idle ? row.idleLooks + 1 : 0;
        if (row.idleLooks < IDLE_LOOKS) continue;
        row.leaving = true;
        retired.push(row.service);
      }
      return retired;
    },
    forget: (port) => rows.delete(port),
  };
}
