/** The name of a sandbox's Node and its plugins' node id, unless `--node-name` says another. */
export const sandboxNodeName = 'berth-sandbox';
