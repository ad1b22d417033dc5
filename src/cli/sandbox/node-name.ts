/** The sandbox's only Node, and its plugin's node id. */
export const sandboxNodeName = 'berth-sandbox';
