import * as z from 'zod/mini';
import type { AmlFilesystemSku } from './aml-filesystem.ts';

const sku = z.object({
  resourceType: z.string(),
  name: z.string(),
  locations: z.optional(z.array(z.string())),
  locationInfo: z.optional(
    z.array(z.object({ location: z.optional(z.string()), zones: z.optional(z.array(z.string())) })),
  ),
  capabilities: z.optional(z.array(z.object({ name: z.string(), value: z.string() }))),
});
type WireSku = z.infer<typeof sku>;

/**
 * The SKUs of file systems in one location, out of the subscription's SKUs of Microsoft.StorageCache. An entry without
 * the two sizes cannot be planned with and is left out; one without zones (`null` in some locations) has none.
 */
export function amlFilesystemSkus(
  entries: readonly unknown[],
  location: string,
): readonly AmlFilesystemSku[] {
  return entries.flatMap((entry) => {
    const parsed = sku.safeParse(entry).data;
    if (parsed === undefined || parsed.resourceType.toLowerCase() !== 'amlfilesystems') return [];
    return skuIn(parsed, location) ?? [];
  });
}

function skuIn(wire: WireSku, location: string): AmlFilesystemSku | undefined {
  const here = (name: string | undefined) => name !== undefined && sameLocation(name, location);
  const info = wire.locationInfo?.find((entry) => here(entry.location));
  if (info === undefined && !wire.locations?.some(here)) return undefined;
  const incrementTiB = capability(wire, 'OSS capacity increment (TiB)');
  const maximumTiB = capability(wire, 'default maximum capacity (TiB)');
  if (incrementTiB === undefined || maximumTiB === undefined) return undefined;
  const largeMaximumTiB = capability(wire, 'large cluster maximum capacity (TiB)');
  const extraLargeMaximumTiB = capability(wire, 'large cluster XL maximum capacity (TiB)');
  return {
    name: wire.name,
    zones: info?.zones ?? [],
    incrementTiB,
    maximumTiB,
    ...(largeMaximumTiB !== undefined && { largeMaximumTiB }),
    ...(extraLargeMaximumTiB !== undefined && { extraLargeMaximumTiB }),
  };
}

/** `East US` and `eastus` are the same place. */
function sameLocation(a: string, b: string): boolean {
  const canonical = (name: string) => name.replaceAll(' ', '').toLowerCase();
  return canonical(a) === canonical(b);
}

function capability(wire: WireSku, name: string): number | undefined {
  const text = wire.capabilities?.find((entry) => entry.name.toLowerCase() === name.toLowerCase())?.value;
  const value = text === undefined ? Number.NaN : Number(text);
  return Number.isFinite(value) && value > 0 ? value : undefined;
}
