/** What a stored password's encryption is bound to: one database's row. */
export const passwordContext = (databaseId: string): string => `database:${databaseId}`
