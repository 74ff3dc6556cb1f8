/** What the operations are grouped under, by the controller that has them. */
export interface Tag {
  readonly name: string
  readonly description: string
}

const health = { name: 'Service', description: 'Whether the service works, who is asking, and this document.' }
const keys = { name: 'API keys', description: 'Keys of people and organizations: made, renamed, rotated, revoked, and what they were used for.' }
const members = { name: 'Members', description: 'The people of an organization, and those who are asked to join it.' }
const credentials = { name: 'Credentials', description: 'Logins of agents and people: made, killed, resumed, rotated, revoked, one or many at once.' }
const signIn = { name: 'Sign-in', description: 'Sessions of people in browsers: begun by a password, a link or an OpenID provider, listed and ended.' }

const byController: Readonly<Record<string, Tag>> = {
  HealthController: health,
  DocumentController: health,
  OrganizationController: { name: 'Organizations', description: 'Who owns projects, what they ask of keys, and the record of who changed what.' },
  MemberController: members,
  InvitationController: members,
  SignInController: signIn,
  SessionController: signIn,
  OidcController: signIn,
  PersonalKeyController: keys,
  OrganizationKeyController: keys,
  ProjectController: { name: 'Projects', description: 'Databases, policies and credentials that belong together.' },
  DatabaseController: { name: 'Databases', description: 'The Postgres databases that credentials open.' },
  PolicyController: { name: 'Policies', description: 'What credentials may do.' },
  EvaluationController: { name: 'Dry runs', description: 'What a policy would say to a statement, and what a database holds.' },
  AgentController: credentials,
  ManyAgentsController: credentials,
  BudgetController: credentials,
  KeyReceiptController: keys,
  EnforcementController: { name: 'Enforcement', description: 'What is known about how far a change has reached.' },
  ProxiesController: { name: 'Fleet', description: 'The proxies that run.' },
  GithubController: { name: 'Leak scanning', description: 'Reports of secrets that were found in public.' },
}

/** A controller that is not listed gets a tag of its own without a description, which `npm run check` does not let pass. */
export const tagOf = (controller: { readonly name: string }): Tag => byController[controller.name] ?? { name: controller.name.replace(/Controller$/, ''), description: '' }
