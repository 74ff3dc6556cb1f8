#!/usr/bin/env node
/**
 * Stands in for Prisma's schema engine, a native download that a machine without the open internet cannot get.
 * The wasm build of the same engine does the work; this file speaks the engine's JSON-RPC over standard input and output.
 * Prisma finds it through PRISMA_SCHEMA_ENGINE_BINARY. Used by `generate` (which never runs it) and by the test that
 * compares the SQL migrations with schema.prisma.
 */
import fs from 'node:fs'
import path from 'node:path'
import { createRequire } from 'node:module'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import pg from 'pg'
import { PrismaPg } from '@prisma/adapter-pg'
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils'
import * as engineGlue from '@prisma/schema-engine-wasm/schema_engine_bg'

const enginePackage = path.dirname(createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm'))
const wasmModule = new WebAssembly.Module(fs.readFileSync(path.join(enginePackage, 'schema_engine_bg.wasm')))
const { exports: wasm } = new WebAssembly.Instance(wasmModule, { './schema_engine_bg.js': engineGlue })
engineGlue.__wbg_set_wasm(wasm)
wasm.__wbindgen_start()

/** Catalog types that the adapter does not know, as the ones it does: "char", char[], name[], oid. */
const KNOWN_TYPE_OF = { 18: 1042, 1002: 1014, 1003: 1009, 26: 20 }
const CHAR_TYPE_OID = 18
const CHARACTER_COLUMN = 6

class CatalogPg extends PrismaPg {
  constructor(config) {
    super(config)
    this.config_ = config
  }

  async connect() {
    const adapter = await super.connect()
    const queryRaw = adapter.queryRaw.bind(adapter)
    const performIO = adapter.performIO.bind(adapter)
    let lastTypes
    adapter.performIO = async (query) => {
      const result = await performIO(query)
      lastTypes = result.fields?.map((field) => field.dataTypeID)
      for (const field of result.fields ?? []) field.dataTypeID = KNOWN_TYPE_OF[field.dataTypeID] ?? field.dataTypeID
      return result
    }
    adapter.queryRaw = async (query) => {
      const result = await queryRaw(query)
      lastTypes?.forEach((type, index) => {
        if (type === CHAR_TYPE_OID) result.columnTypes[index] = CHARACTER_COLUMN
      })
      return result
    }
    return adapter
  }

  async connectToShadowDb() {
    const admin = await super.connect()
    const database = `shadow_${crypto.randomUUID()}`
    await admin.executeScript(`CREATE DATABASE "${database}"`)
    const shadow = await new CatalogPg({ ...this.config_, database }).connect()
    const dispose = shadow.dispose.bind(shadow)
    shadow.dispose = async () => {
      await dispose() // the pool has to close before its database can go
      await admin.executeScript(`DROP DATABASE "${database}" WITH (FORCE)`)
      await admin.dispose()
    }
    return shadow
  }
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  strict: false,
  options: { datamodels: { type: 'string', multiple: true }, datasource: { type: 'string' } },
})
const url = new URL((values.datasource && JSON.parse(values.datasource).url) ?? 'postgresql://unused@127.0.0.1/unused')
// Fields, never a connection string: with that the shadow database would be the real one.
const config = {
  host: url.hostname,
  port: Number(url.port) || 5432,
  user: decodeURIComponent(url.username),
  password: decodeURIComponent(url.password),
  database: url.pathname.slice(1),
}

if (positionals[0] === 'cli') {
  const client = new pg.Client(config)
  try {
    await client.connect()
    await client.end()
    process.exit(0)
  } catch (error) {
    const code = error.code === '3D000' ? 'P1003' : 'P1001'
    console.error(JSON.stringify({ level: 'ERROR', is_panic: false, fields: { error_code: code, message: error.message } }))
    process.exit(1)
  }
}

const datamodels = (values.datamodels ?? []).map((file) => [file, fs.readFileSync(file, 'utf8')])
const send = (message) => process.stdout.write(JSON.stringify({ jsonrpc: '2.0', ...message }) + '\n')
let engine
for await (const line of createInterface({ input: process.stdin })) {
  if (!line.trim()) continue
  const { id, method, params } = JSON.parse(line)
  if (!method) continue
  try {
    engine ??= await engineGlue.SchemaEngine.new(
      { datamodels: datamodels.length ? datamodels : undefined },
      () => {},
      bindMigrationAwareSqlAdapterFactory(new CatalogPg(config)),
    )
    const result = await engine[method](params)
    if (method === 'diff' && result.stdout != null) {
      send({ id: `print-${id}`, method: 'print', params: { content: result.stdout } })
    }
    send({ id, result: result ?? null })
  } catch (error) {
    const data = { is_panic: false, message: String(error.message ?? error), error_code: error.code, meta: {} }
    send({ id, error: { code: 4466, message: 'see data', data } })
  }
}
process.exit(0)
