// Only what biome cannot see: a promise nobody waits for.
import tseslint from 'typescript-eslint';
export default tseslint.config({
  files: ['server/**/*.ts', 'test/**/*.ts', 'scripts/**/*.ts'],
  languageOptions: { parser: tseslint.parser, parserOptions: { project: './tsconfig.json' } },
  plugins: { '@typescript-eslint': tseslint.plugin },
  rules: { '@typescript-eslint/no-floating-promises': ['error', { allowForKnownSafePromises: [{ from: 'package', package: '@tapjs/core', name: 'PromiseWithSubtest' }] }], '@typescript-eslint/no-misused-promises': 'error' },
});
