/** A resource group as the state keeps it. */
export interface ResourceGroup {
  readonly name: string;
  readonly location: string;
  readonly tags: Readonly<Record<string, string>>;
}
