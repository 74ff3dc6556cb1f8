import { defineConfig } from 'prisma/config'

/** Only the commands that compare or read a database need the address; `generate` runs without one. */
export default defineConfig({
  schema: 'prisma/schema.prisma',
  datasource: { url: process.env['PGBEAM_DATABASE_URL'] ?? 'postgresql://unused@127.0.0.1/unused' },
})
