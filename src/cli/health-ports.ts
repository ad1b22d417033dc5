/** Where the livenessprobe sidecars of upstream's pods listen, so that its probes and guides apply. */
export const healthPorts = { controller: 29_762, node: 29_763 } as const;
