import tseslint from 'typescript-eslint';

import { recordedKinds } from './src/kinds/table.ts';

const kindName = `Literal[value=/^(${Object.keys(recordedKinds).join('|')})$/]`;
const compares = 'BinaryExpression[operator=/^[!=]==?$/]';
const askKinds = 'ask src/kinds/kinds.ts: what differs between kinds of device is said in src/kinds alone';

/** How a program asks what kind of device it has. */
const whichKind = [
  `${compares} > ${kindName}`,
  `SwitchCase > ${kindName}`,
  `${compares} > MemberExpression[property.name="kind"]:matches([object.name="device"], [object.property.name="device"])`,
  'SwitchStatement > MemberExpression[property.name="kind"]:matches([object.name="device"], [object.property.name="device"])',
  'BinaryExpression[operator="in"][right.name=/^(device|request)$/]',
].map((selector) => ({ selector, message: askKinds }));

export default tseslint.config(
  { ignores: ['dist/', 'node_modules/'] },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      'no-console': 'error',
      'max-lines': ['error', { max: 260 }],
      '@typescript-eslint/consistent-type-assertions': ['error', { assertionStyle: 'as' }],
      '@typescript-eslint/consistent-type-exports': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/strict-boolean-expressions': [
        'error',
        { allowNullableObject: true, allowString: false, allowNumber: false },
      ],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
    },
  },
  {
    files: ['src/**/*.ts'],
    ignores: [
      'src/kinds/**',
      // The kernel names links with some of the same words, and the DAN file devices.
      'src/host/**',
      'src/dan/encode.ts',
      'src/reader/**',
      'src/cli/validate/dan-file/**',
    ],
    rules: { 'no-restricted-syntax': ['error', ...whichKind] },
  },
  {
    files: ['test/**/*.ts', 'integration/**/*.ts'],
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
      // Matchers like expect.stringMatching are of type any.
      '@typescript-eslint/no-unsafe-assignment': 'off',
    },
  },
  {
    files: ['integration/clients/build.ts', 'integration/demo/**/*.ts', 'integration/run.ts'],
    rules: { 'no-console': 'off' },
  },
);
