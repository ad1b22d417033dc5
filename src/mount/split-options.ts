/**
 * Mount flags as single options: a PersistentVolume may list `noatime,ro` as one entry, and mount(8) takes it apart.
 * A comma within double quotes is part of a value, as in SELinux' `context="…:s0:c1,c2"`.
 */
export function splitOptions(flags: readonly string[]): string[] {
  return flags.flatMap((flag) => flag.match(/(?:"[^"]*"|[^,])+/g) ?? []);
}
