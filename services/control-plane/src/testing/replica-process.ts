/** A replica in a process of its own, on a port of the system's choosing. */
import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Api } from './api.js'
import type { TestCluster } from './environment.js'

const entry = fileURLToPath(new URL('../../dist/main.js', import.meta.url))

export interface ReplicaProcess {
  readonly process: ChildProcess
  readonly api: Api
}

export async function replicaProcess(cluster: TestCluster, env: Record<string, string> = {}): Promise<ReplicaProcess> {
  if (!existsSync(entry)) throw new Error('build the control plane first')
  const started = spawn(process.execPath, [entry], {
    env: { PATH: process.env['PATH'], ...cluster.env, PGBEAM_LOG_LEVEL: 'info', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const url = await new Promise<string>((resolve, reject) => {
    let text = ''
    started.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString()
      const found = /"url":"([^"]+)","msg":"the control plane answers"/.exec(text)
      if (!found?.[1]) return
      resolve(found[1])
      started.stdout.removeAllListeners('data').resume()
    })
    started.once('exit', () => reject(new Error(`the replica ended: ${text}`)))
  })
  return { process: started, api: new Api(url, cluster.keys.api_key) }
}
