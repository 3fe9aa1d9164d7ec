import js from '@eslint/js';
import tseslint from 'typescript-eslint';
import prettier from 'eslint-config-prettier';
import { defineConfig, globalIgnores } from 'eslint/config';

/** Imports point one way: edges -> app -> domain. Only compose.ts (and tests) may know adapters. */
const layer = (files, ...forbidden) => ({
  files,
  rules: {
    'no-restricted-imports': ['error', { patterns: forbidden.map(([regex, message]) => ({ regex, message })) }],
  },
});
const outOfDomain = ['^(?!\\.)', 'domain/ has no dependency'];
const toApp = ['/app/', 'domain/ does not know app/'];
const toHttp = ['/http/', 'only edges know http/'];
const toAdapters = ['/adapters/', 'only compose.ts knows adapters'];
const toCompose = ['/(compose|config|main)\\.ts$', 'only edges know how things are composed'];

export default defineConfig(
  globalIgnores(['dist/', 'coverage/', 'node_modules/', 'data/', 'models/', '.lab/']),
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      '@typescript-eslint/require-await': 'off',
      // Ports and use-cases are records of closures: nothing here uses `this`.
      '@typescript-eslint/unbound-method': 'off',
    },
  },
  {
    files: ['test/**/*.ts'],
    rules: {
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
    },
  },
  {
    files: ['**/*.{js,mjs,cjs}'],
    languageOptions: { globals: { console: 'readonly', process: 'readonly', URL: 'readonly' } },
  },
  layer(['src/domain/**/*.ts'], outOfDomain, toApp, toHttp, toAdapters, toCompose),
  layer(['src/app/**/*.ts'], toHttp, toAdapters, toCompose),
  layer(['src/http/**/*.ts'], toAdapters),
  layer(['src/adapters/**/*.ts'], toHttp, toCompose),
  prettier,
);
