// Only what biome cannot see: a promise nobody waits for, an object written as groups of its own properties, and what has grown too long.
import tseslint from 'typescript-eslint';

const subtest = { from: 'package', package: '@tapjs/core', name: 'PromiseWithSubtest' };

export default tseslint.config({
  files: ['server/**/*.ts', 'test/**/*.ts', 'scripts/**/*.ts'],
  languageOptions: { parser: tseslint.parser, parserOptions: { project: './tsconfig.json' } },
  plugins: { '@typescript-eslint': tseslint.plugin },
  rules: {
    '@typescript-eslint/no-floating-promises': ['error', { allowForKnownSafePromises: [subtest] }],
    '@typescript-eslint/no-misused-promises': 'error',
    'no-restricted-syntax': [
      'error',
      {
        selector: 'ObjectExpression > SpreadElement > ObjectExpression',
        message: 'write the properties themselves: a literal that is spread hides them from whoever reads down the left side',
      },
    ],
  },
}, {
  files: ['server/**/*.ts'],
  rules: {
    'max-lines': ['error', 300],
    'max-lines-per-function': ['error', 60],
  },
});
