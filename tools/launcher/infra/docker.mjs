export const dockerParts = { postgres: async () => { throw new Error('not yet') }, kafka: async () => { throw new Error('not yet') } };
