// What needs servers runs only where they are named: scripts/test-servers.ts does that.
const withServers = process.env.KOBLING_TEST_MONGO_URL !== undefined;

export default {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', ...(withServers ? [] : ['<rootDir>/test/servers/'])],
  globalSetup: '<rootDir>/test/support/say-not-run.mjs',
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2022',
          parser: { syntax: 'typescript' },
          experimental: { keepImportAttributes: true },
        },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
  // A loaded machine embeds the seed in a minute and more.
  testTimeout: 120_000,
};
