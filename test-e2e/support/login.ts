/** A raw client, logged in: the shortest way to a session whose bytes a test decides. */
import { RawClient } from './raw-client.js'
import { scramLogin, type LoginTranscript, type ScramOptions } from './raw-scram.js'
import type { Credential, Proxy, Stack } from './stack.js'

export interface RawLogin {
  readonly client: RawClient
  readonly transcript: LoginTranscript
}
export interface RawLoginOptions extends Partial<ScramOptions> {
  readonly proxy?: Proxy
  readonly user?: string
  readonly parameters?: Record<string, string>
  readonly minor?: number
  readonly servername?: string
}

/** TLS and SCRAM; the transcript says whether the server let us in. */
export async function rawLogin(stack: Stack, credential: Pick<Credential, 'user' | 'password' | 'project'>, options: RawLoginOptions = {}): Promise<RawLogin> {
  const { proxy = stack.proxy, user = credential.user, parameters = {}, servername = 'localhost', ...scram } = options
  const client = await RawClient.connect(proxy.port)
  await client.upgrade({ ca: stack.ca, servername })
  const transcript = await scramLogin(client, { user, database: credential.project.databaseName, ...parameters }, { password: credential.password, ...scram })
  return { client, transcript }
}

/** Like `rawLogin`, for tests that need the session: a refused login fails the test. */
export async function rawSession(stack: Stack, credential: Pick<Credential, 'user' | 'password' | 'project'>, options: RawLoginOptions = {}): Promise<RawClient> {
  const { client, transcript } = await rawLogin(stack, credential, options)
  if (transcript.error) throw new Error(`login refused: ${JSON.stringify(transcript.error)}`)
  return client
}
