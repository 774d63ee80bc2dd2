import js from '@eslint/js'
import tseslint from 'typescript-eslint'

const subjects = ['image', 'vm', 'ssh', 'smoke', 'upgrade', 'bench', 'history', 'runtime']
const other = (...allowed) =>
  subjects.filter((subject) => !allowed.includes(subject)).map((subject) => `**/${subject}/**`)
const cache = '@actions/cache'
const artifact = '@actions/artifact'

/** What each folder may not import. Only image/ reaches the cache, only bench/ and history/ the artifacts. */
const forbidden = {
  'src/stats': [...other(), 'node:*', '@actions/*'],
  'src/runtime': [...other('runtime'), cache, artifact],
  'src/vm': [...other('vm', 'ssh', 'runtime'), cache, artifact],
  'src/ssh': [...other('ssh', 'runtime'), cache, artifact],
  'src/smoke': [...other('smoke', 'vm', 'ssh', 'runtime'), cache, artifact],
  'src/upgrade': [...other('upgrade', 'vm', 'ssh', 'runtime'), cache, artifact],
  'src/image': [...other('image', 'vm', 'ssh', 'runtime'), artifact],
  'src/bench': [...other('bench', 'vm', 'ssh', 'runtime'), cache],
  'src/history': [...other('history', 'bench', 'runtime'), cache],
  actions: [cache, artifact],
}

export default tseslint.config(
  { ignores: ['dist', 'node_modules', '.local', 'guestos'] },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/consistent-type-definitions': 'off',
    },
  },
  {
    files: ['**/*.{js,mjs}'],
    languageOptions: { globals: { process: 'readonly', console: 'readonly', URL: 'readonly' } },
  },
  // One-way arrows: actions -> src/{image,smoke,upgrade,bench,history} -> src/vm -> src/ssh -> src/runtime; stats stands alone.
  ...Object.entries(forbidden).map(([folder, patterns]) => ({
    files: [`${folder}/**`],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              group: [...patterns, '**/tools/**', '**/__tests__/**'],
              message: 'This import runs against the direction of the house (CONTRIBUTING.md).',
            },
          ],
        },
      ],
    },
  })),
)
