/**
 * Who may import what (docs/architecture.md): services → libs → kernel. Services meet only over the network.
 * `@pgbeam/x` resolves to the built `libs/x/dist`, so rules speak of both.
 */
const PURE = '(kernel|pg-wire|scram|policy|enforcement|audit-chain|contracts)'
const RECURSIVE_DESCENT = '^libs/policy/src/(walk|calls|relations|type-names|hidden-code)\\.ts$'

export default {
  forbidden: [
    {
      name: 'no-circular',
      comment: 'Types may know each other both ways; what runs may not. Generated code is as it is, and a walk down a parse tree recurses.',
      severity: 'error',
      from: { pathNot: ['/generated/', RECURSIVE_DESCENT] },
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'], pathNot: '/generated/' } },
    },
    { name: 'resolvable', comment: 'An import that does not resolve fails at run time.', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'libs-only-on-kernel',
      comment: 'Libraries stand beside each other; the two edges of the command line are the exception.',
      severity: 'error',
      from: { path: '^libs/([^/]+)/', pathNot: '^libs/cli/' },
      to: { path: '^libs/', pathNot: ['^libs/$1/', '^libs/kernel/'] },
    },
    {
      name: 'cli-edges',
      severity: 'error',
      from: { path: '^libs/cli/' },
      to: { path: '^libs/', pathNot: ['^libs/(cli|kernel|client|audit-chain)/'] },
    },
    { name: 'libs-not-on-services', severity: 'error', from: { path: '^libs/' }, to: { path: '^(services|test-e2e|bench|scripts)/' } },
    {
      name: 'pure-libs',
      comment: 'No framework, socket, clock or environment: facts in, decisions out. node:crypto computes, so it is allowed.',
      severity: 'error',
      from: { path: `^libs/${PURE}/src/`, pathNot: ['\\.spec\\.ts$', '/testing\\.ts$', '/testing/'] },
      to: { dependencyTypes: ['core'], pathNot: '^(node:)?(crypto|assert|util|buffer|url)$' },
    },
    {
      name: 'pure-libs-no-framework',
      severity: 'error',
      from: { path: `^libs/${PURE}/src/`, pathNot: ['\\.spec\\.ts$', '/testing/'] },
      to: { path: 'node_modules/(@nestjs|@nats-io|@prisma|@opentelemetry|express|pg|postgres|pino|rxjs)/' },
    },
    { name: 'nest-only-in-control-plane', severity: 'error', from: { pathNot: '^services/control-plane/' }, to: { path: 'node_modules/@nestjs/' } },
    { name: 'services-apart', severity: 'error', from: { path: '^services/([^/]+)/' }, to: { path: '^services/', pathNot: '^services/$1/' } },
    {
      name: 'public-entry-of-packages',
      comment: 'Another package is its exports, never its src.',
      severity: 'error',
      from: { path: '^(libs|services)/([^/]+)/' },
      to: { path: '^(libs|services)/([^/]+)/src/', pathNot: '^$1/$2/' },
    },
    {
      name: 'controller-not-to-repository',
      comment: 'Controller → service → repository.',
      severity: 'error',
      from: { path: '^services/control-plane/src/.*\\.controller\\.ts$' },
      to: { path: '\\.repository\\.ts$' },
    },
    {
      name: 'sql-only-in-repositories',
      comment: 'The publisher and the follower each hold a session of their own (a lock, notifications), which no repository could give them.',
      severity: 'error',
      from: {
        path: '^services/control-plane/src/',
        pathNot: ['\\.repository\\.ts$', '\\.spec\\.ts$', '/enforcement/publisher\\.ts$', '/access/cache/access-follower\\.ts$', '/testing/', '^services/control-plane/src/platform/', '^services/control-plane/src/generated/'],
      },
      to: { path: ['^services/control-plane/src/generated/', 'node_modules/(pg|@prisma/client|@prisma/adapter-pg)/'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'relay-knows-no-login-and-no-control',
      severity: 'error',
      from: { path: '^services/proxy/src/relay/', pathNot: '\\.spec\\.ts$' },
      to: { path: '^services/proxy/src/(auth|control)/' },
    },
    {
      name: 'e2e-from-outside',
      comment: 'Public ports, real drivers and contracts, never a src.',
      severity: 'error',
      from: { path: '^test-e2e/' },
      to: { path: '^(services|libs)/', pathNot: '^libs/(contracts|kernel|api-testing)/dist/' },
    },
    { name: 'not-to-dev-dependencies', severity: 'error', from: { path: '^(libs|services)/[^/]+/src/', pathNot: ['\\.spec\\.ts$', '/testing/'] }, to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] } },
  ],
  options: {
    doNotFollow: { path: ['node_modules', '/dist/'] },
    exclude: { path: ['/node_modules/\\.cache/', '^libs/[^/]+/dist/.*\\.d\\.ts$', '^services/[^/]+/dist/', '^libs/[^/]+/(?!src|dist)[^/]+$'] },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'require', 'node', 'default', 'types'], mainFields: ['module', 'main', 'types'] },
    skipAnalysisNotInRules: true,
  },
}
