import { fileURLToPath } from 'node:url';

/* Arrows point one way: renderer → preload ← main → drivers. */
const embedded = '(qemu|lxc|uml|xen|virtualbox|openvz|test|libvirt)';
/** @typedef {import('dependency-cruiser').IRegularForbiddenRuleType} Rule */
/** @returns {Rule} */
const rule = (
  /** @type {string} */ name,
  /** @type {string} */ comment,
  /** @type {Rule['from']} */ from,
  /** @type {Rule['to']} */ to,
) => ({ name, severity: 'error', comment, from, to });

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    rule('no-circles', 'A circle of imports has no first file to read.', {}, { circular: true }),
    rule(
      'api-is-the-bottom',
      'drivers/api imports valibot and nothing else of ours.',
      { path: '^drivers/api/' },
      { pathNot: ['^drivers/api/', 'node_modules/valibot/', '^stream$', '^node:stream$'] },
    ),
    rule(
      'xml-on-api',
      'drivers/xml stands on drivers/api.',
      { path: '^drivers/xml/' },
      { path: '^(drivers|main|renderer|preload)/', pathNot: '^drivers/(api|xml)/' },
    ),
    rule(
      'storage-on-xml',
      'drivers/storage stands on api and xml.',
      { path: '^drivers/storage/' },
      { path: '^(drivers|main|renderer|preload)/', pathNot: '^drivers/(api|xml|storage)/' },
    ),
    rule(
      'picture-on-api',
      'drivers/picture stands on drivers/api.',
      { path: '^drivers/picture/' },
      { path: '^(drivers|main|renderer|preload)/', pathNot: '^drivers/(api|picture)/' },
    ),
    rule(
      'no-siblings',
      'A driver imports no sibling.',
      { path: `^drivers/${embedded}/` },
      { path: '^drivers/', pathNot: ['^drivers/(api|xml|storage|picture)/', '^drivers/$1/'] },
    ),
    rule(
      'drivers-know-nobody',
      'Drivers know neither the app nor the window.',
      { path: '^drivers/' },
      { path: '^(main|renderer|preload)/' },
    ),
    rule(
      'preload-on-api',
      'The bridge knows the vocabulary only.',
      { path: '^preload/' },
      { path: '^(main|renderer|drivers)/', pathNot: '^drivers/api/' },
    ),
    rule(
      'main-not-renderer',
      'The core does not know the window.',
      { path: '^main/' },
      { path: '^renderer/' },
    ),
    rule(
      'renderer-on-contract',
      'The window talks through the contract.',
      { path: '^renderer/' },
      { path: '^(main|drivers)/', pathNot: '^drivers/api/' },
    ),
    rule(
      'renderer-no-node',
      'The window has no Node.',
      { path: '^renderer/' },
      { dependencyTypes: ['core'] },
    ),
    rule(
      'electron-in-two-places',
      'Only the Electron host and the bridge import electron.',
      { path: '^(main|renderer|drivers)/', pathNot: '^main/electron/' },
      { path: '(^|/)electron(/|$)' },
    ),
    rule(
      'ssh2-in-one-place',
      'Host keys are checked in one place.',
      { pathNot: '^(main/nodes/ssh/|test/)' },
      { path: 'node_modules/ssh2/' },
    ),
    rule(
      'drivers-by-the-registry',
      'The registry is the only file that names all drivers.',
      { path: '^main/' },
      { path: `^drivers/${embedded}/` },
    ),
    rule(
      'only-tests-import-tests',
      'Product code does not know its tests.',
      { pathNot: '^test/' },
      { path: '^test/' },
    ),
    rule(
      'no-junk-drawers',
      'A function lives beside its user or in a file named after what it is about.',
      {},
      { path: '/(utils|helpers|common|misc)(\\.|/)', pathNot: 'node_modules' },
    ),
    rule('resolvable', 'An import that nothing answers.', {}, { couldNotResolve: true }),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: ['^dist/', '^node_modules/'] },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: fileURLToPath(new URL('tsconfig.json', import.meta.url)) },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['svelte', 'import', 'require', 'node', 'default', 'types'],
      mainFields: ['module', 'main', 'types'],
    },
  },
};
